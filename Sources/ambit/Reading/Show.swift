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
        abstract: "Show subjects and their documents, now (unsent events included) or at an earlier size or moment."
    )

    @Argument(help: "The subject; its short form will do where it is unambiguous.")
    var subject: String?

    @Option(help: "Only subjects of this kind.")
    var kind: String?

    @Option(help: ArgumentHelp("The state at this size, day or moment.", valueName: "n|time"))
    var at: String?

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try KindArgument.check(kind)
        let replica = try replica.open()
        let past = try at.map { try state(at: $0, of: replica) }
        guard let subject else { return try list(past.map(documents) ?? replica.documents(kind: kind)) }
        let resolved = try replica.resolve(subject)
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
        }
    }

    // MARK: - The past

    private func state(at: String, of replica: Replica) throws -> State {
        let log = try LogSource.parse(["-C=\(replica.folder)"]).open()
        return try Replaying.state(of: log, at: try StateReference(argument: at).size(in: log))
    }

    private func documents(in state: State) -> [SubjectDocument] {
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
        Output.line("{\"document\":\(found.document),\(erased)\"subject\":\"\(found.subject)\"}")
    }

    private func show(_ found: ShownSubject) {
        let localizer = language.localizer
        Output.line(found.subject)
        Output.table(localizer.describe(found), indent: "  ")
    }

    private func list(_ found: [SubjectDocument]) throws {
        if output.json {
            let items = found.map { "{\"document\":\($0.document),\"subject\":\"\($0.subject)\"}" }
            Output.line("[\(items.joined(separator: ","))]")
            return
        }
        let localizer = language.localizer
        guard !found.isEmpty else {
            Output.note("ambit: \(localizer.message(at == nil ? .noSubjects : .noSubjectsThen))")
            return
        }
        Output.table(
            found.map { item in
                [item.subject, localizer.standing(item), DocumentText.title(item.document)]
            }
        )
    }
}
