import AgendaModel
import ArgumentParser
import EventLog
import Foundation
import Projections
import Wording

/// `ambit person`: all that a log has of somebody.
struct PersonCommand: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "person",
        abstract:
            .told(
                "Show all that a member wrote, and where they are named: what somebody may ask for under the AVG (GDPR)."
            ),
        discussion: .told(
            """
            ambit person "Jan Jansen"

            Named are they where a text has one of the names that they have, or had. What was erased is not there any more.
            """
        )
    )

    @Argument(
        help: .told("The member: a part of the name that only one has, or the subject."),
        completion: Completing.member
    )
    var member: String

    @OptionGroup var source: LogSource
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let log = try source.open()
        let localizer = language.localizer(for: output)
        let authors = try KnownAuthors(in: log)
        let subject = try authors.subjects([member], localizer).first ?? member
        let size = try log.head().size
        let records = try MemberRecord.all(in: log, upTo: size)
        guard let record = records.first(where: { $0.member == subject }) else {
            throw Failure("\(subject) is no member.", code: "wrong-kind")
        }
        let traces = try PersonTraces(of: subject, authors, in: log)
        if output.json {
            try Output.json(Answer(person: MemberAnswer(record), wrote: traces.wrote, named: traces.named))
            return
        }
        let naming = Naming(try Replaying.state(of: log, at: size))
        func table(_ heading: Message, _ traces: [PersonTrace]) throws {
            Output.line()
            Output.line(localizer.message(heading, ["count": localizer.number("\(traces.count)")]))
            Output.table(try traces.map { try words($0, naming: naming, localizer) }, indent: "  ")
        }
        Output.table(MemberTable(records, in: localizer).lines(record))
        try table(.personWrote, traces.wrote)
        try table(.personNamed, traces.named)
    }

    private func words(_ trace: PersonTrace, naming: Naming, _ localizer: Localizer) throws -> [String] {
        let titles = try naming.title(of: trace.subject).map { [trace.subject: $0] } ?? [:]
        let what = "\(localizer.subject(trace.subject, titles)): \(Vocabulary.type(trace.type, localizer.language))"
        return ["\(trace.position)", Timestamp(trace.recordedtime).map(localizer.moment) ?? "", what]
    }

    private struct Answer: Encodable {
        var person: MemberAnswer
        var wrote: [PersonTrace]
        var named: [PersonTrace]
    }
}
