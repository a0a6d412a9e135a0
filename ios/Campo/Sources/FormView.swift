import CampoCore
import SwiftUI

/// A form: one question a screen; the draft survives everything.
struct FormView: View {
    @EnvironmentObject private var shell: Shell
    let form: String
    let task: String?
    @State private var editor: FormEditor?

    var body: some View {
        Group {
            if let editor { OneQuestion(editor: editor, task: task) } else { Color.canvas }
        }
        .task {
            guard editor == nil else { return }
            do {
                if let opened = try await shell.phone.form(form, task: task), !opened.needsNewerApp {
                    editor = FormEditor(phone: shell.phone, task: task, form: opened)
                } else {
                    shell.fault = shell.texts.upgradeRequired
                }
            } catch {
                shell.fault = shell.said(error)
            }
        }
    }
}

/// The answers of a form while it is filled. Each change is kept durably.
@MainActor
final class FormEditor: ObservableObject {
    let form: FormScreen
    private let phone: any Phone
    private let task: String?
    @Published private(set) var answers: [Answer]
    @Published private(set) var photos: [MentionedPhoto]
    @Published private(set) var state: FormState
    @Published var page = 0
    let intent = UUID().uuidString

    init(phone: any Phone, task: String?, form: FormScreen) {
        (self.phone, self.task, self.form) = (phone, task, form)
        (answers, photos, state) = (form.answers, form.photos, form.state)
    }

    var questions: [Question] { form.questions.filter { !state.hidden.contains($0.id) } }

    func answer(_ field: String) -> Answer { answers.first { $0.field == field } ?? Self.empty(field) }

    static func empty(_ field: String) -> Answer {
        Answer(field: field, value: nil, text: nil, values: [], texts: [], files: [], rows: nil)
    }

    func set(_ answer: Answer) {
        if let index = answers.firstIndex(where: { $0.field == answer.field }) {
            answers[index] = answer
        } else {
            answers.append(answer)
        }
        Task { try? await settle() }
    }

    func set(_ field: String, value: String, text: String? = nil) {
        var answer = Self.empty(field)
        (answer.value, answer.text) = (value, text)
        set(answer)
    }

    func add(_ photo: MentionedPhoto, to field: String, only: Bool) {
        photos = photos.filter { !(only && $0.field == field) } + [photo]
        var changed = Self.empty(field)
        changed.files = (only ? [] : answer(field).files) + [photo.hash]
        set(changed)
    }

    func remove(_ hash: String, from field: String) {
        photos.removeAll { $0.field == field && $0.hash == hash }
        var changed = answer(field)
        changed.files.removeAll { $0 == hash }
        set(changed)
    }

    /// Waits until everything that was answered is kept and looked at.
    func settle() async throws {
        if let kept = try await phone.keepForm(form.form, task: task, answers: answers, photos: photos) { state = kept }
    }

    func handIn(_ shell: Shell) async throws -> String {
        try await settle()
        let action = WorkerAction.form(form: form.form, version: form.version, task: task, answers: answers, photos: photos)
        return try await shell.capture(intent, action)
    }
}

private struct OneQuestion: View {
    @EnvironmentObject private var shell: Shell
    @ObservedObject var editor: FormEditor
    let task: String?
    @State private var insists = false

    var body: some View {
        let questions = editor.questions
        if editor.page < questions.count {
            let question = questions[editor.page]
            Screen(title: question.label, detail: shell.texts.question(editor.page + 1, questions.count)) {
                ProgressView(value: Double(editor.page + 1), total: Double(questions.count)).tint(.actPhone).accessibilityHidden(true)
                QuestionBody(editor: editor, question: question)
                ForEach(Array(editor.state.faults.filter { $0.field == question.id && (insists || !$0.missing) }.enumerated()), id: \.offset) { _, fault in
                    FaultLine(text: fault.text)
                }
            } foot: {
                HStack(spacing: 12) {
                    CampoButton(shell.texts.back, enabled: editor.page > 0) { editor.page -= 1 }
                    CampoButton(editor.page == questions.count - 1 ? shell.texts.review : shell.texts.next, look: .filled) {
                        shell.act {
                            try await editor.settle()
                            insists = editor.state.faults.contains { $0.field == question.id }
                            if !insists { editor.page += 1 }
                        }
                    }
                }
            }
        } else {
            Screen(title: editor.form.name) {
                Rows {
                    ForEach(Array(questions.enumerated()), id: \.offset) { index, question in
                        let fault = editor.state.faults.first { $0.field == question.id }
                        RowItem(title: question.label, detail: fault?.text ?? shown(question), color: fault == nil ? .ink : .refusedInk) { editor.page = index }
                    }
                }
            } foot: {
                HStack(spacing: 12) {
                    CampoButton(shell.texts.back) { editor.page = max(questions.count - 1, 0) }
                    CampoButton(shell.texts.handIn, look: .filled, enabled: editor.state.complete && !shell.busy) {
                        shell.act {
                            let entry = try await editor.handIn(shell)
                            shell.path.removeLast()
                            shell.path.append(.receipt(entry))
                        }
                    }
                }
            }
        }
    }

    private func shown(_ question: Question) -> String {
        let answer = editor.answer(question.id)
        let text = answer.text ?? answer.value ?? answer.texts.joined(separator: ", ")
        let counted = answer.files.count + (answer.rows?.count ?? 0)
        return !text.isEmpty ? text : counted > 0 ? "\(counted)" : shell.texts.noAnswer
    }
}

private struct QuestionBody: View {
    @EnvironmentObject private var shell: Shell
    @ObservedObject var editor: FormEditor
    let question: Question

    var body: some View {
        let answer = editor.answer(question.id)
        switch question.kind {
        case .text:
            TextEditor(text: text).font(.campoBody).frame(minHeight: 140).accessibilityLabel(question.label)
        case .number:
            TextField("", text: number).keyboardType(.numbersAndPunctuation).font(.campoKey).textFieldStyle(.roundedBorder).frame(minHeight: target).accessibilityLabel(question.label)
        case .date:
            DatePicker(question.label, selection: date, displayedComponents: .date).datePickerStyle(.graphical)
        case .choice, .choices:
            ChoiceRows(choices: question.choices) { choice in
                question.kind == .choice ? answer.value == choice.value : answer.values.contains(choice.value)
            } choose: { choice in
                choose(choice)
            }
        case .location:
            if let value = answer.value { Fact(text: value, icon: "mappin", color: .ink) }
            CampoButton(shell.texts.takePosition, icon: "location") {
                shell.act {
                    guard let here = await shell.device.position() else { return }
                    editor.set(question.id, value: String(format: "%.6f,%.6f", here.latitude, here.longitude))
                }
            }
        case .photo:
            Rows { ForEach(answer.files, id: \.self) { hash in RowItem(title: String(hash.prefix(8)), icon: "photo") { editor.remove(hash, from: question.id) } } }
            CampoButton(shell.texts.takePhoto, icon: "camera") {
                shell.act {
                    guard let path = await shell.device.takePhoto() else { return }
                    let held = try await shell.phone.takeFile(path: path)
                    editor.add(MentionedPhoto(hash: held.hash, sizeBytes: held.sizeBytes, field: question.id, mediaType: "image/jpeg"), to: question.id, only: false)
                }
            }
        case .signature:
            SignatureAnswer(editor: editor, question: question)
        case .table:
            TableAnswer(editor: editor, question: question)
        }
    }

    private var text: Binding<String> {
        Binding(get: { editor.answer(question.id).value ?? "" }, set: { editor.set(question.id, value: $0) })
    }

    /// Numbers are kept with a point and shown with the language's sign.
    private var number: Binding<String> {
        Binding(
            get: {
                let value = editor.answer(question.id).value ?? ""
                return shell.texts.spanish ? value.replacingOccurrences(of: ".", with: ",") : value
            },
            set: { editor.set(question.id, value: $0.replacingOccurrences(of: ",", with: ".").replacingOccurrences(of: "−", with: "-")) }
        )
    }

    private var date: Binding<Date> {
        let format = ISO8601DateFormatter()
        format.formatOptions = [.withFullDate]
        format.timeZone = .current
        return Binding(
            get: { editor.answer(question.id).value.flatMap(format.date) ?? Date() },
            set: { editor.set(question.id, value: format.string(from: $0)) }
        )
    }

    private func choose(_ choice: Choice) {
        guard question.kind == .choices else { return editor.set(question.id, value: choice.value, text: choice.text) }
        var answer = editor.answer(question.id)
        let values = answer.values.contains(choice.value) ? answer.values.filter { $0 != choice.value } : answer.values + [choice.value]
        let chosen = question.choices.filter { values.contains($0.value) }
        (answer.values, answer.texts) = (chosen.map(\.value), chosen.map(\.text))
        editor.set(answer)
    }
}

/// The choices as rows; of a long list, as look-up tables are, what is chosen and what has the words that were typed.
private struct ChoiceRows: View {
    private static let shown = 30
    @EnvironmentObject private var shell: Shell
    let choices: [Choice]
    let isChosen: (Choice) -> Bool
    let choose: (Choice) -> Void
    @State private var words = ""

    var body: some View {
        let found = choices.count > Self.shown ? choices.filter(isChosen) + choices.filter { !isChosen($0) && fits($0) } : choices
        if choices.count > Self.shown {
            TextField(shell.texts.search, text: $words).textFieldStyle(.roundedBorder).frame(minHeight: target)
        }
        Rows {
            ForEach(found.prefix(Self.shown), id: \.value) { choice in
                let chosen = isChosen(choice)
                RowItem(title: choice.text, icon: chosen ? "checkmark.circle.fill" : "circle", strong: chosen) { choose(choice) }
                    .accessibilityAddTraits(chosen ? .isSelected : [])
            }
        }
        if found.count > Self.shown { Text(shell.texts.moreChoices(found.count - Self.shown)).font(.campoSecond) }
    }

    /// Accents do not count in search.
    private func fits(_ choice: Choice) -> Bool {
        words.split(separator: " ").allSatisfy { "\(choice.text) \(choice.value)".range(of: $0, options: [.caseInsensitive, .diacriticInsensitive]) != nil }
    }
}

/// Rows of further questions, as cards.
private struct TableAnswer: View {
    @EnvironmentObject private var shell: Shell
    @ObservedObject var editor: FormEditor
    let question: Question

    var body: some View {
        let rows = editor.answer(question.id).rows ?? []
        ForEach(Array(rows.indices), id: \.self) { row in
            Card {
                ForEach(question.columns, id: \.id) { column in
                    Text(column.label).font(.campoSecond)
                    TextField("", text: cell(row, column.id))
                        .keyboardType(column.kind == .number ? .numbersAndPunctuation : .default)
                        .textFieldStyle(.roundedBorder)
                        .frame(minHeight: target)
                        .accessibilityLabel(column.label)
                }
                CampoButton(shell.texts.removeRow, icon: "trash") {
                    var kept = rows
                    kept.remove(at: row)
                    set(kept)
                }
            }
        }
        CampoButton(shell.texts.addRow, icon: "plus") { set(rows + [AnswerRow(cells: [])]) }
    }

    private func set(_ rows: [AnswerRow]) {
        var answer = FormEditor.empty(question.id)
        answer.rows = rows
        editor.set(answer)
    }

    private func cell(_ row: Int, _ column: String) -> Binding<String> {
        Binding(
            get: { editor.answer(question.id).rows?[row].cells.first { $0.field == column }?.value ?? "" },
            set: { typed in
                var rows = editor.answer(question.id).rows ?? []
                rows[row].cells.removeAll { $0.field == column }
                rows[row].cells.append(Cell(field: column, value: typed, text: nil, values: [], texts: [], files: []))
                set(rows)
            }
        )
    }
}

/// A signature, drawn with the finger and kept as a picture.
private struct SignatureAnswer: View {
    @EnvironmentObject private var shell: Shell
    @ObservedObject var editor: FormEditor
    let question: Question
    @State private var strokes: [[CGPoint]] = []
    @State private var size = CGSize.zero

    var body: some View {
        if let hash = editor.answer(question.id).files.first {
            Fact(text: String(hash.prefix(12)), icon: "signature", color: .ink)
            CampoButton(shell.texts.signAgain, icon: "eraser") {
                strokes = []
                editor.remove(hash, from: question.id)
            }
        } else {
            pad.frame(height: 220)
                .background(GeometryReader { space in Color.white.onAppear { size = space.size } })
                .overlay(RoundedRectangle(cornerRadius: 16).stroke(Color.lineControl))
                .accessibilityLabel(shell.texts.signHere)
                .gesture(DragGesture(minimumDistance: 0).onChanged { drag in
                    if drag.translation == .zero || strokes.isEmpty { strokes.append([]) }
                    strokes[strokes.count - 1].append(drag.location)
                })
            CampoButton(shell.texts.sign, look: .outlined, enabled: !strokes.isEmpty) { keep() }
        }
    }

    private var pad: some View {
        Canvas { context, _ in
            for stroke in strokes {
                var path = Path()
                path.addLines(stroke)
                context.stroke(path, with: .color(.black), style: StrokeStyle(lineWidth: 3, lineCap: .round, lineJoin: .round))
            }
        }
    }

    private func keep() {
        shell.act {
            let renderer = ImageRenderer(content: pad.frame(width: size.width, height: size.height).background(Color.white))
            guard let png = renderer.uiImage?.pngData() else { return }
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).png")
            try png.write(to: file)
            let held = try await shell.phone.takeFile(path: file.path)
            editor.add(MentionedPhoto(hash: held.hash, sizeBytes: held.sizeBytes, field: question.id, mediaType: "image/png"), to: question.id, only: true)
        }
    }
}
