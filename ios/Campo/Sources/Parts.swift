// The few parts that all screens are made of. Every target is at least 56 points high.
import CampoCore
import SwiftUI

let target: CGFloat = 56

struct Card<Content: View>: View {
    @ViewBuilder let content: Content

    var body: some View {
        VStack(alignment: .leading, spacing: 12) { content }
            .frame(maxWidth: .infinity, alignment: .leading)
            .padding(16)
            .background(Color.surface, in: RoundedRectangle(cornerRadius: 16))
            .overlay(RoundedRectangle(cornerRadius: 16).stroke(Color.hairline))
    }
}

/// Rows in one frame with hairlines between them.
struct Rows<Content: View>: View {
    @ViewBuilder let content: Content

    var body: some View {
        VStack(spacing: 0) { content }
            .background(Color.surface, in: RoundedRectangle(cornerRadius: 16))
            .overlay(RoundedRectangle(cornerRadius: 16).stroke(Color.hairline))
    }
}

struct RowItem: View {
    let title: String
    var detail = ""
    var icon: String?
    var color = Color.ink
    var strong = false
    var end = ""
    var act: (() -> Void)?

    var body: some View {
        if let act {
            Button(action: act) { row }.buttonStyle(.plain)
        } else {
            row
        }
    }

    private var row: some View {
        HStack(spacing: 14) {
            if let icon { Image(systemName: icon).imageScale(.large).accessibilityHidden(true) }
            VStack(alignment: .leading) {
                Text(title).font(strong ? .campoStrong : .campoBody)
                if !detail.isEmpty { Text(detail).font(.campoSecond).foregroundColor(.ink2) }
            }
            Spacer()
            if !end.isEmpty { Text(end).font(.campoSecondStrong) }
            if act != nil { Image(systemName: "chevron.right").accessibilityHidden(true) }
        }
        .foregroundColor(color)
        .padding(.horizontal, 16)
        .padding(.vertical, 8)
        .frame(minHeight: target)
        .contentShape(Rectangle())
        .overlay(alignment: .bottom) { Rectangle().fill(Color.hairline).frame(height: 0.5) }
        .accessibilityElement(children: .combine)
    }
}

enum ButtonLook { case filled, outlined, plain }

/// A button: one filled one per screen, never an icon alone.
struct CampoButton: View {
    let label: String
    var look = ButtonLook.plain
    var icon: String?
    var big = false
    var enabled = true
    let act: () -> Void

    init(_ label: String, look: ButtonLook = .plain, icon: String? = nil, big: Bool = false, enabled: Bool = true, act: @escaping () -> Void) {
        (self.label, self.look, self.icon, self.big, self.enabled, self.act) = (label, look, icon, big, enabled, act)
    }

    var body: some View {
        Button(action: act) {
            HStack(spacing: 10) {
                if let icon { Image(systemName: icon).accessibilityHidden(true) }
                Text(label).font(big ? .campoKey : .campoStrong).multilineTextAlignment(.center)
            }
            .frame(maxWidth: .infinity, minHeight: big ? 72 : target)
            .foregroundColor(ink)
            .background(ground, in: RoundedRectangle(cornerRadius: 14))
            .overlay(RoundedRectangle(cornerRadius: 14).stroke(edge, lineWidth: look == .outlined ? 2 : 1.5))
        }
        .buttonStyle(.plain)
        .disabled(!enabled)
    }

    private var ground: Color { !enabled ? .sunken : look == .filled ? .actPhone : .surface }
    private var ink: Color { !enabled ? .ink2 : look == .filled ? .onActPhone : look == .outlined ? .accentInk : .ink }
    private var edge: Color { !enabled ? .clear : look == .filled ? .actPhone : look == .outlined ? .accentInk : .lineControl }
}

struct Fact: View {
    let text: String
    let icon: String
    var color = Color.ink2

    var body: some View {
        Label { Text(text).font(.campoSecond) } icon: { Image(systemName: icon) }.foregroundColor(color)
    }
}

struct FaultLine: View {
    let text: String

    var body: some View {
        Label { Text(text).font(.campoSecondStrong) } icon: { Image(systemName: "exclamationmark.circle") }
            .foregroundColor(.refusedInk)
    }
}

/// A whole screen: the quiet line, its head, what scrolls, and its foot.
struct Screen<Content: View, Foot: View>: View {
    @EnvironmentObject private var shell: Shell
    let title: String
    var detail = ""
    @ViewBuilder let content: Content
    @ViewBuilder let foot: Foot

    var body: some View {
        VStack(spacing: 0) {
            if let quiet = shell.quiet {
                Label(quiet, systemImage: "icloud.slash")
                    .font(.campoSecond)
                    .frame(maxWidth: .infinity, alignment: .leading)
                    .padding(.horizontal, 16)
                    .padding(.vertical, 7)
                    .background(Color.sunken)
            }
            ScrollView {
                VStack(alignment: .leading, spacing: 12) {
                    VStack(alignment: .leading) {
                        Text(title).font(.campoKey).accessibilityAddTraits(.isHeader)
                        if !detail.isEmpty { Text(detail).font(.campoSecond).foregroundColor(.ink2) }
                    }
                    if let fault = shell.fault { FaultLine(text: fault) }
                    content
                }
                .padding(16)
            }
            VStack(spacing: 10) { foot }.padding(16).frame(maxWidth: .infinity).background(Color.surface)
        }
        .background(Color.canvas.ignoresSafeArea())
        .foregroundColor(.ink)
    }
}

extension StatusFace {
    var icon: String {
        switch self {
        case .new: return "doc.text"
        case .accepted: return "hand.thumbsup"
        case .onTheWay: return "car"
        case .onSite: return "mappin.and.ellipse"
        case .working: return "play"
        case .suspended: return "pause"
        case .review: return "doc.text.magnifyingglass"
        case .named: return "tag"
        case .done: return "checkmark.circle"
        case .notDone, .withdrawn: return "nosign"
        case .declined: return "xmark"
        }
    }

    /// Green means now; what is done is stone, because it needs nobody.
    var color: Color {
        switch self {
        case .new, .accepted: return .onPhoneInk
        case .onTheWay, .onSite, .working: return .accentInk
        case .suspended, .review, .named: return .notYetInk
        case .notDone: return .setAsideInk
        case .done, .withdrawn, .declined: return .ink2
        }
    }
}
