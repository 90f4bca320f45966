import AgendaModel
import ArgumentParser
import EventLog
import Projections
import SyncClient
import SyncProtocol
import Wording

/// `ambit show`: subjects and their documents, now or earlier.
struct Show: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told(
            "Show subjects and their documents, now (unsent events included) or at an earlier size or moment."
        )
    )

    @Argument(
        help: .told("The subject; its short form will do where it is unambiguous."),
        completion: Completing.subject
    )
    var subject: String?

    @Option(help: .told("Only subjects of this kind."), completion: Completing.kind)
    var kind: String?

    @Option(help: .told("The state at this size, day or moment.", valueName: "n|time"))
    var at: String?

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let kind = try KindArgument.name(kind)
        let replica = try replica.open()
        let past = try at.map { try state(at: $0, of: replica) }
        guard let subject else {
            if let past { return try list(documents(in: past, kind), list(of: past)) }
            return try list(replica.documents(kind: kind), in: replica)
        }
        let resolved = try replica.subject(meaning: subject)
        if let past, !past.contains(resolved) {
            throw Failure("\(resolved) did not exist then.", code: "unknown-subject")
        }
        if output.json {
            try answer(past.flatMap { document(of: resolved, in: $0) } ?? replica.document(of: resolved))
        } else {
            show(
                try past.map { try ShownSubject(resolved, registers: $0.registers(of: resolved), naming: Naming($0)) }
                    ?? replica.shown(resolved)
            )
            if let past {
                try showWhatBelongs(to: resolved, in: list(of: past)) { kind, body in
                    for subject in past.subjects where subject.hasPrefix("\(kind)/") {
                        guard let document = past.document(of: subject) else { continue }
                        try body(subject, JSONValue(parsing: document))
                    }
                }
            } else {
                try replica.reading { view, _ in
                    try showWhatBelongs(to: resolved, in: list(of: view)) { kind, body in
                        try view.forEachDocument(kind: kind) { subject, document in
                            try body(subject, JSONValue(parsing: document))
                            return true
                        }
                    }
                }
            }
        }
    }

    // MARK: - The past

    private func state(at: String, of replica: Replica) throws -> State {
        let log = try LogSource.parse(["-C=\(replica.folder)"]).open()
        return try Replaying.state(of: log, at: try StateArgument(at, in: language, for: output).size(in: log))
    }

    private func documents(in state: State, _ kind: String?) -> [SubjectDocument] {
        state.subjects.filter { kind == nil || $0.hasPrefix("\(kind ?? "")/") }
            .compactMap { document(of: $0, in: state) }
    }

    private func document(of subject: String, in state: State) -> SubjectDocument? {
        state.document(of: subject).map {
            SubjectDocument(
                subject: subject,
                document: String(decoding: $0, as: UTF8.self),
                erased: state.registers(of: subject).erased
            )
        }
    }

    // MARK: - Output

    private func answer(_ found: SubjectDocument?) throws {
        guard let found else { return }
        let paths = JSONValue.array(found.erased.map(JSONValue.string)).compact
        let erased = found.erased.isEmpty ? "" : "\"erased\":\(paths),"
        Output.json(text: "{\"document\":\(found.document),\(erased)\"subject\":\"\(found.subject)\"}")
    }

    private func show(_ found: ShownSubject) {
        let localizer = language.localizer(for: output)
        Output.line(found.subject)
        Output.table(localizer.describe(found), indent: "  ")
    }

    /// What is part of a subject, or about it.
    private func showWhatBelongs(
        to owner: String,
        in list: SubjectList,
        _ forEach: (_ kind: String, _ body: (String, JSONValue) throws -> Void) throws -> Void
    ) throws {
        for kind in ["milestone", "measurement", "note"] {
            var lines: [[String]] = []
            try forEach(kind) { subject, document in
                guard ["project", "ambition", "about"].contains(where: { document[$0]?.text == owner }) else { return }
                lines.append(try list.line(subject, document, of: owner))
            }
            guard !lines.isEmpty else { continue }
            Output.line("\(Vocabulary.plural(kind, list.localizer.language)):")
            Output.table(lines, indent: "  ")
        }
        if list.conflicts.contains(owner) {
            Output.line(list.localizer.message(.conflictsOfSubject, ["command": "ambit conflicts \(owner)"]))
        }
    }

    private func list(_ found: [SubjectDocument], in replica: Replica) throws {
        try replica.reading { view, _ in try list(found, list(of: view)) }
    }

    private func list(_ found: [SubjectDocument], _ list: SubjectList) throws {
        if output.json {
            let items = found.map { "{\"document\":\($0.document),\"subject\":\"\($0.subject)\"}" }
            Output.json(text: "[\(items.joined(separator: ","))]")
            return
        }
        guard !found.isEmpty else {
            Output.note("ambit: \(list.localizer.message(at == nil ? .noSubjects : .noSubjectsThen))")
            return
        }
        Output.table(
            try found.map { try list.line($0.subject, JSONValue(parsing: Array($0.document.utf8))) }
        )
    }

    private func list(of view: StateView) throws -> SubjectList {
        SubjectList(
            document: { try view.document(of: $0).map { try JSONValue(parsing: $0) } },
            naming: view.naming,
            conflicts: Set(try view.conflicts().map(\.subject)),
            today: today,
            localizer: language.localizer(for: output)
        )
    }

    private func list(of state: State) -> SubjectList {
        SubjectList(
            document: { try state.document(of: $0).map { try JSONValue(parsing: $0) } },
            naming: Naming(state),
            conflicts: Set(state.conflicts.map(\.subject)),
            today: today,
            localizer: language.localizer(for: output)
        )
    }

    private var today: String { RuntimeEnvironment.system.now().day(in: language.timeZone(for: output)) }
}
