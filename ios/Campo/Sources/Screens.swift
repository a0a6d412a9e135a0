import CampoCore
import SwiftUI

/// What the app shows: enrolment, who works here, or the five places.
struct RootScreen: View {
    @EnvironmentObject private var shell: Shell

    var body: some View {
        if !shell.isKnown {
            Color.canvas.ignoresSafeArea()
        } else if shell.company == nil || shell.status?.access == .stolen {
            EnrolScreen()
        } else if shell.worker == nil {
            WhoScreen()
        } else {
            Places()
        }
    }
}

private struct Places: View {
    @EnvironmentObject private var shell: Shell

    var body: some View {
        NavigationStack(path: $shell.path) {
            TabView {
                HomeScreen().tabItem { Label(shell.texts.home, systemImage: "house") }
                TasksScreen().tabItem { Label(shell.texts.tasks, systemImage: "list.clipboard") }
                MyTimeScreen().tabItem { Label(shell.texts.myTime, systemImage: "clock") }
                MessagesScreen().tabItem { Label(shell.texts.messages, systemImage: "message") }
                MoreScreen().tabItem { Label(shell.texts.more, systemImage: "line.3.horizontal") }
            }
            .tint(.accentInk)
            .navigationDestination(for: Spot.self) { spot in
                switch spot {
                case let .task(id): TaskScreen(id: id)
                case let .form(form, task): FormView(form: form, task: task)
                case let .receipt(entry): ReceiptScreen(entry: entry)
                case .trays: TraysScreen()
                case .forms: FormsScreen()
                case .diagnostics: DiagnosticsScreen()
                }
            }
        }
    }
}

struct EnrolScreen: View {
    @EnvironmentObject private var shell: Shell
    @State private var server = ""
    @State private var code = ""

    var body: some View {
        Screen(title: shell.texts.welcome, detail: shell.texts.welcomeHint) {
            Card {
                Text(shell.texts.server).font(.campoSecond)
                TextField("https://", text: $server).textFieldStyle(.roundedBorder).keyboardType(.URL).textInputAutocapitalization(.never).frame(minHeight: target)
                Text(shell.texts.code).font(.campoSecond)
                TextField("", text: $code).textFieldStyle(.roundedBorder).textInputAutocapitalization(.never).frame(minHeight: target)
            }
        } foot: {
            CampoButton(shell.texts.enrol, look: .filled, enabled: !shell.busy && !code.isEmpty) { enrol() }
        }
        .onOpenURL { url in
            guard url.path == "/e", let fragment = url.fragment else { return }
            server = url.absoluteString.components(separatedBy: "/e#").first ?? server
            code = fragment
        }
    }

    private func enrol() {
        let parts = code.components(separatedBy: "/e#")
        let (address, typed) = parts.count == 2 ? (parts[0], parts[1]) : (server, code)
        shell.act {
            _ = try await shell.phone.enrol(server: address.trimmingCharacters(in: .whitespaces), code: typed.trimmingCharacters(in: .whitespaces), model: shell.device.model)
        }
    }
}

struct WhoScreen: View {
    @EnvironmentObject private var shell: Shell
    @State private var chosen: Worker?
    @State private var pin = ""
    @State private var intent = UUID().uuidString

    var body: some View {
        Screen(title: shell.texts.whoWorks, detail: shell.company ?? "") {
            Shown(read: { try await $0.roster() }) { roster in
                if roster.isEmpty { Text(shell.texts.noRoster).font(.campoBody) }
                if let chosen {
                    Card {
                        Text(shell.texts.pinOf(chosen.name)).font(.campoBody)
                        SecureField("PIN", text: $pin).keyboardType(.numberPad).font(.campoKey).frame(minHeight: target)
                    }
                } else {
                    Text(shell.texts.whoWorksHint).font(.campoSecond)
                    Rows {
                        ForEach(roster, id: \.id) { worker in
                            RowItem(title: worker.name, detail: worker.number, icon: "person") {
                                chosen = worker
                                intent = UUID().uuidString
                            }
                        }
                    }
                }
            }
        } foot: {
            if let chosen {
                CampoButton(shell.texts.enter, look: .filled, enabled: pin.count >= 4 && !shell.busy) {
                    let typed = pin
                    pin = ""
                    shell.act { _ = try await shell.phone.openSession(intent: intent, employee: chosen.id, pin: typed) }
                }
                CampoButton(shell.texts.back) { self.chosen = nil }
            }
        }
    }
}

struct HomeScreen: View {
    @EnvironmentObject private var shell: Shell
    @State private var choosing = false
    @State private var intent = UUID().uuidString

    var body: some View {
        Screen(title: shell.worker?.name ?? "", detail: shell.company ?? "") {
            Shown(read: { try await $0.home(here: shell.device.lastKnown()) }) { home in
                if home.mayPunch { shift(home) }
                if let task = home.task { next(home, task) } else { Card { Text(shell.texts.noTasks).font(.campoStrong) } }
                if !home.unsent.isEmpty || !home.repair.isEmpty {
                    Rows {
                        if !home.unsent.isEmpty {
                            RowItem(title: home.unsent, detail: home.unsentOldest, icon: "icloud.and.arrow.up", strong: true) { shell.path.append(.trays) }
                        }
                        if !home.repair.isEmpty {
                            RowItem(title: home.repair, detail: home.repairDetail, icon: "wrench", color: .refusedInk, strong: true) { shell.path.append(.trays) }
                        }
                    }
                }
            }
        } foot: {}
    }

    @ViewBuilder
    private func shift(_ home: HomePage) -> some View {
        let texts = shell.texts
        Card {
            switch home.shift.state {
            case .off:
                Text(texts.offShift).font(.campoSecond).foregroundColor(.ink2)
                CampoButton(texts.clockIn, look: .filled, icon: "arrow.right.to.line", big: true, enabled: !shell.busy) { punch(.shiftStart) }
                Fact(text: home.position == .never ? texts.positionNever : texts.positionOff, icon: "location.slash")
            case .working, .onBreak:
                let onBreak = home.shift.state == .onBreak
                Text(onBreak ? texts.onBreakSince(home.shift.breakName) : texts.onShiftSince).font(.campoSecond).foregroundColor(.ink2)
                Text(onBreak ? home.shift.breakSince : home.shift.since).font(.campoClock)
                Text(home.shift.worked).font(.campoKey)
                Fact(text: home.shift.receipt, icon: "checkmark", color: home.shift.received ? .ink2 : .notYetInk)
                if home.position == .duringShift { Fact(text: texts.positionOn, icon: "location", color: .onPhoneInk) }
                if onBreak {
                    CampoButton(texts.endPause, look: .filled, icon: "play", enabled: !shell.busy) { punch(.breakEnd) }
                } else if home.mayBreak {
                    CampoButton(texts.pause, icon: "cup.and.saucer", enabled: !shell.busy) {
                        if home.breaks.count > 1 { choosing = true } else { punch(.breakStart(kind: home.breaks.first?.code)) }
                    }
                }
                CampoButton(texts.clockOut, look: .outlined, icon: "rectangle.portrait.and.arrow.right", enabled: !shell.busy) { punch(.shiftEnd) }
            }
        }
        .confirmationDialog(texts.whichBreak, isPresented: $choosing, titleVisibility: .visible) {
            ForEach(home.breaks, id: \.code) { kind in Button(kind.name) { punch(.breakStart(kind: kind.code)) } }
        }
    }

    private func next(_ home: HomePage, _ task: TaskRow) -> some View {
        Card {
            HStack {
                Label(task.late.isEmpty ? task.statusSince : task.late, systemImage: task.late.isEmpty ? task.face.icon : "exclamationmark.circle")
                    .font(.campoSecondStrong)
                    .foregroundColor(task.late.isEmpty ? task.face.color : .lateInk)
                Spacer()
                Text(task.number).font(.campoSecond).foregroundColor(.ink2)
            }
            Text(task.title).font(.campoKey)
            Text([task.detail, task.distance].filter { !$0.isEmpty }.joined(separator: " · ")).font(.campoSecond).foregroundColor(.ink2)
            CampoButton(home.atWork ? shell.texts.goOnWithTask : shell.texts.openTask, look: home.shift.state == .off ? .plain : .filled) { shell.path.append(.task(task.id)) }
        }
    }

    private func punch(_ action: WorkerAction) {
        let tapped = intent
        shell.act {
            try await shell.capture(tapped, action)
            intent = UUID().uuidString
        }
    }
}

struct TasksScreen: View {
    @EnvironmentObject private var shell: Shell

    var body: some View {
        Screen(title: shell.texts.tasks) {
            Shown(read: { try await $0.tasks(here: shell.device.lastKnown()) }) { tasks in
                if tasks.isEmpty { Text(shell.texts.noTasks).font(.campoStrong) }
                Rows {
                    ForEach(tasks, id: \.id) { task in
                        RowItem(
                            title: task.title,
                            detail: [task.late.isEmpty ? task.status : task.late, task.window, task.distance].filter { !$0.isEmpty }.joined(separator: " · "),
                            icon: task.face.icon,
                            end: task.number
                        ) { shell.path.append(.task(task.id)) }
                    }
                }
            }
        } foot: {}
    }
}

struct TaskScreen: View {
    @EnvironmentObject private var shell: Shell
    let id: String
    @State private var more = false
    @State private var asking: StepOffer?
    @State private var reason = ""

    var body: some View {
        Shown(read: { try await $0.task(id, here: shell.device.lastKnown()) }) { task in
            Screen(title: shell.texts.task(task.row.number), detail: task.row.statusSince) {
                Text(task.row.title).font(.campoKey)
                Text(task.row.detail).font(.campoBody).foregroundColor(.ink2)
                Rows {
                    ForEach(task.stations, id: \.label) { station in
                        RowItem(title: station.label, icon: station.current ? "play.circle.fill" : station.reached ? "checkmark.circle" : "circle", strong: station.current, end: station.time)
                    }
                }
                Rows {
                    if let place = task.row.place {
                        RowItem(title: shell.texts.howToGetThere, detail: task.row.address, icon: "location.north") { shell.device.openMap(place) }
                    }
                    ForEach(task.phones, id: \.self) { number in
                        RowItem(title: shell.texts.call(task.contact), detail: number, icon: "phone") { shell.device.call(number) }
                    }
                }
                if !task.notes.isEmpty { Fact(text: task.notes, icon: "info.circle") }
                Rows {
                    ForEach(task.forms, id: \.form) { form in
                        RowItem(title: form.name, detail: form.text, icon: "doc.text") { shell.path.append(.form(form.form, task: id)) }
                    }
                    if task.mayPhotograph {
                        RowItem(title: shell.texts.takePhoto, detail: task.photosText, icon: "camera") { shell.act { _ = try await photograph() } }
                    }
                }
                Rows { ForEach(task.data, id: \.label) { RowItem(title: $0.value, detail: $0.label) } }
            } foot: {
                foot(task)
            }
            .confirmationDialog(shell.texts.otherSteps, isPresented: $more, titleVisibility: .visible) {
                ForEach(task.steps, id: \.label) { offer in Button(offer.label) { go(task, offer) } }
            }
            .alert(asking?.label ?? "", isPresented: Binding(get: { asking != nil }, set: { if !$0 { asking = nil } })) {
                TextField(shell.texts.why, text: $reason)
                Button(shell.texts.confirm) { if let offer = asking { step(offer, reason) } }
                Button(shell.texts.cancel, role: .cancel) {}
            }
        }
    }

    @ViewBuilder
    private func foot(_ task: TaskPage) -> some View {
        if let next = task.steps.first(where: { $0.next }) {
            if !next.blocked.isEmpty { Fact(text: next.blocked, icon: "lock") }
            let form = task.forms.first { $0.form == next.form }
            CampoButton(form.map { shell.texts.fill($0.name) } ?? next.label, look: .filled, enabled: !shell.busy) { go(task, next) }
            if task.steps.count > 1 { CampoButton(shell.texts.otherSteps) { more = true } }
        }
    }

    private func go(_ task: TaskPage, _ offer: StepOffer) {
        if let form = offer.form {
            shell.path.append(.form(form, task: id))
        } else if offer.needsReason {
            asking = offer
        } else {
            step(offer, nil)
        }
    }

    private func step(_ offer: StepOffer, _ reason: String?) {
        let intent = UUID().uuidString
        shell.act {
            if offer.photo, try await !photograph() { return }
            try await shell.capture(intent, .task(task: id, step: offer.step, reason: reason))
        }
    }

    /// Takes a photo of the task; false where the person gave up.
    private func photograph() async throws -> Bool {
        let intent = UUID().uuidString
        guard let path = await shell.device.takePhoto() else { return false }
        let held = try await shell.phone.takeFile(path: path)
        let photo = MentionedPhoto(hash: held.hash, sizeBytes: held.sizeBytes, field: nil, mediaType: "image/jpeg")
        try await shell.capture(intent, .photo(photo: photo, task: id))
        return true
    }
}

struct MessagesScreen: View {
    @EnvironmentObject private var shell: Shell
    @State private var text = ""
    @State private var intent = UUID().uuidString

    var body: some View {
        Screen(title: shell.texts.messages) {
            Shown(read: { try await $0.messages() }) { lines in
                ForEach(lines, id: \.id) { line in
                    Card {
                        Text(line.text).font(.campoBody)
                        Text(line.`when`).font(.campoSecond).foregroundColor(.ink2)
                    }
                    .padding(line.fromOffice ? .trailing : .leading, 40)
                }
                .task { if lines.contains(where: { $0.unread }) { try? await shell.phone.noteMessagesRead() } }
            }
        } foot: {
            HStack {
                TextField(shell.texts.writeMessage, text: $text).textFieldStyle(.roundedBorder).frame(minHeight: target)
                Button(shell.texts.send) {
                    let (written, tapped) = (text, intent)
                    shell.act {
                        try await shell.capture(tapped, .message(text: written, task: nil))
                        text = ""
                        intent = UUID().uuidString
                    }
                }
                .disabled(text.isEmpty)
                .frame(minHeight: target)
            }
        }
    }
}

struct MyTimeScreen: View {
    @EnvironmentObject private var shell: Shell

    var body: some View {
        Screen(title: shell.texts.myTime) {
            Shown(read: { try await $0.myTime(weeksAgo: 0, day: nil) }) { page in
                Card {
                    Text("\(shell.texts.workedThisWeek), \(page.week)").font(.campoSecond).foregroundColor(.ink2)
                    Text(page.total).font(.campoKey)
                    ForEach(page.days, id: \.date) { day in
                        HStack { Text(day.name); Spacer(); Text(day.worked) }.font(day.today ? .campoSecondStrong : .campoSecond)
                    }
                }
                ForEach(page.agreements, id: \.correction) { asked in
                    Card {
                        Label(shell.texts.askedOfYou, systemImage: "exclamationmark.bubble").font(.campoSecondStrong).foregroundColor(.notYetInk)
                        Text(asked.text).font(.campoBody)
                        Text(asked.reason).font(.campoSecond).foregroundColor(.ink2)
                        CampoButton(shell.texts.disagree) { answer(asked, false) }
                        CampoButton(shell.texts.agree) { answer(asked, true) }
                    }
                }
                Text(page.day).font(.campoSecondStrong).foregroundColor(.ink2)
                if page.lines.isEmpty { Text(shell.texts.noPunches).font(.campoBody) }
                Rows {
                    ForEach(page.lines, id: \.entry) { line in
                        RowItem(title: "\(line.time)  \(line.label)", detail: line.receipt, icon: line.received ? "checkmark.circle" : "hourglass") { shell.path.append(.receipt(line.entry)) }
                    }
                }
            }
        } foot: {}
    }

    private func answer(_ asked: Agreement, _ agreed: Bool) {
        shell.act { try await shell.capture("agreement-\(asked.correction)", .agreement(correction: asked.correction, agreed: agreed)) }
    }
}

struct ReceiptScreen: View {
    @EnvironmentObject private var shell: Shell
    let entry: String

    var body: some View {
        Shown(read: { try await $0.receipt(entry) }) { page in
            Screen(title: page.title, detail: page.what) {
                Rows {
                    ForEach(page.lines, id: \.label) { RowItem(title: $0.label, end: $0.value) }
                    RowItem(title: shell.texts.receipt, color: page.isFinal ? .ink : .notYetInk, end: page.state)
                }
                if !page.isFinal { Fact(text: shell.texts.receiptProvisional, icon: "info.circle") }
            } foot: {
                ShareLink(item: page.shared) { Text(shell.texts.share).font(.campoStrong).frame(maxWidth: .infinity, minHeight: target) }
            }
        }
    }
}

struct TraysScreen: View {
    @EnvironmentObject private var shell: Shell

    var body: some View {
        Screen(title: shell.texts.trays) {
            Shown(read: { try await $0.trays() }) { lines in
                let trays: [(TrayKind, String)] = [(.repair, shell.texts.needsRepair), (.toSend, shell.texts.toSend), (.draft, shell.texts.drafts), (.sent, shell.texts.sent)]
                ForEach(trays, id: \.1) { tray, title in
                    let inTray = lines.filter { $0.tray == tray }
                    if !inTray.isEmpty {
                        Text("\(title) (\(inTray.count))").font(.campoSecondStrong).foregroundColor(.ink2)
                        Rows {
                            ForEach(Array(inTray.enumerated()), id: \.offset) { _, line in
                                RowItem(title: line.title, detail: line.detail, color: tray == .repair ? .refusedInk : .ink, end: line.`when`) {
                                    if let form = line.form { shell.path.append(.form(form, task: line.task)) } else if let entry = line.entry { shell.path.append(.receipt(entry)) }
                                }
                            }
                        }
                    }
                }
            }
        } foot: {
            CampoButton(shell.texts.sendNow, look: .filled, enabled: !shell.busy) { shell.act { _ = await shell.phone.syncNow() } }
        }
    }
}

struct MoreScreen: View {
    @EnvironmentObject private var shell: Shell

    var body: some View {
        Screen(title: shell.texts.more, detail: shell.company ?? "") {
            Rows {
                RowItem(title: shell.texts.trays, icon: "tray") { shell.path.append(.trays) }
                RowItem(title: shell.texts.forms, icon: "doc.text") { shell.path.append(.forms) }
                RowItem(title: shell.texts.diagnostics, icon: "stethoscope") { shell.path.append(.diagnostics) }
                RowItem(title: shell.texts.changePerson, detail: shell.worker?.name ?? "", icon: "person.2") {
                    let intent = "close-\(shell.worker?.session ?? "")"
                    shell.act { try await shell.phone.closeSession(intent: intent) }
                }
            }
        } foot: {}
    }
}

struct FormsScreen: View {
    @EnvironmentObject private var shell: Shell

    var body: some View {
        Screen(title: shell.texts.forms) {
            Shown(read: { try await $0.forms() }) { forms in
                Rows { ForEach(forms, id: \.form) { form in RowItem(title: form.name, detail: form.text) { shell.path.append(.form(form.form, task: nil)) } } }
            }
        } foot: {}
    }
}

struct DiagnosticsScreen: View {
    @EnvironmentObject private var shell: Shell

    var body: some View {
        Screen(title: shell.texts.diagnostics) {
            Shown(read: { try await $0.diagnostics() }) { lines in
                Rows { ForEach(lines, id: \.label) { RowItem(title: $0.value, detail: $0.label) } }
            }
        } foot: {}
    }
}
