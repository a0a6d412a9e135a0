// The tokens of the design, by the names that console and phone share. A name says what a thing means, never how it looks.
import SwiftUI

extension Color {
    init(light: UInt32, dark: UInt32) {
        self.init(uiColor: UIColor { $0.userInterfaceStyle == .dark ? UIColor(hex: dark) : UIColor(hex: light) })
    }

    static let canvas = Color(light: 0xF5F3EC, dark: 0x12150F)
    static let surface = Color(light: 0xFFFEFB, dark: 0x1A1E17)
    static let raised = Color(light: 0xFFFFFF, dark: 0x23281F)
    static let sunken = Color(light: 0xEDEAE0, dark: 0x0D100B)
    static let hairline = Color(light: 0xE1DDD1, dark: 0x30362B)
    static let lineControl = Color(light: 0x89857A, dark: 0x7C8273)
    static let ink = Color(light: 0x1C201A, dark: 0xEDECE3)
    static let ink2 = Color(light: 0x474C43, dark: 0xBFC1B4)
    static let accentInk = Color(light: 0x15543B, dark: 0x7FCCA2)
    static let accentTint = Color(light: 0xE3EEE6, dark: 0x1D3228)
    static let actPhone = Color(light: 0x1A6348, dark: 0x7FCCA2)
    static let onActPhone = Color(light: 0xFFFFFF, dark: 0x0B2318)
    static let onPhoneInk = Color(light: 0x1B567F, dark: 0x93C5E6)
    static let notYetInk = Color(light: 0x6E4E00, dark: 0xE8C265)
    static let lateInk = Color(light: 0x983510, dark: 0xF2A27C)
    static let refusedInk = Color(light: 0x98193A, dark: 0xF29AAB)
    static let setAsideInk = Color(light: 0x64462C, dark: 0xD3B594)
}

private extension UIColor {
    convenience init(hex: UInt32) {
        let part = { (shift: UInt32) in CGFloat((hex >> shift) & 0xFF) / 255 }
        self.init(red: part(16), green: part(8), blue: part(0), alpha: 1)
    }
}

/// Sizes that grow with the person's text.
extension Font {
    static let campoBody = inter("Inter-Regular", 18, .body)
    static let campoStrong = inter("Inter-SemiBold", 18, .body)
    static let campoSecond = inter("Inter-Regular", 16, .callout)
    static let campoSecondStrong = inter("Inter-SemiBold", 16, .callout)
    static let campoKey = inter("Inter-SemiBold", 22, .title2)
    static let campoClock = inter("Inter-SemiBold", 44, .largeTitle)

    private static func inter(_ name: String, _ size: CGFloat, _ style: Font.TextStyle) -> Font {
        Font.custom(name, size: size, relativeTo: style).monospacedDigit()
    }
}
