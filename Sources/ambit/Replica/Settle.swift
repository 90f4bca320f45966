import AgendaModel
import ArgumentParser
import SyncClient
import TypedInput
import Wording

/// `ambit settle`: record which of several values is to hold.
struct Settle: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Settle a conflict: record which value is to hold, once you have seen all of them."),
        discussion: .told(
            """
            ambit settle k3j9x2-4 /phase --keep
            ambit settle k3j9x2-4 /phase /reason --take 2
            ambit settle k3j9x2-4 --all --keep --reason "Verzonnen voorbeeld: overlegd met de aannemer"
            ambit settle k3j9x2-7 /targets/indicator~1k3j9x2-2/quantity --value 5000

            Numbers are those of ambit conflicts; with --expect, a conflict that has changed since is left alone. \
            --value "" makes a field absent.
            """
        )
    )

    @Argument(help: .told("Whose conflict it is; a short form will do."), completion: Completing.subject)
    var subject: String

    @Argument(help: .told("The fields to settle, as ambit conflicts gives them.", valueName: "path"))
    var paths: [String] = []

    @Flag(help: .told("Settle all conflicts of the subject."))
    var all = false

    @Flag(help: .told("Keep the value that is shown."))
    var keep = false

    @Option(help: .told("Take the value with this number.", valueName: "n"))
    var take: Int?

    /// Unconditional: a negative number begins with a hyphen as well.
    @Option(
        parsing: .unconditional,
        help: .told("Give another value, written as for ambit record.", valueName: "value")
    )
    var value: String?

    @Option(help: .told("Say why, where the type of event takes a reason.", valueName: "text"))
    var reason: String?

    @Option(help: .told("Settle only the conflict with this mark; once for each field.", valueName: "mark"))
    var expect: [String] = []

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard all == paths.isEmpty else { throw ValidationError("Name the fields to settle, or give --all.") }
        guard [keep, take != nil, value != nil].filter(\.self).count == 1 else {
            throw ValidationError("Give one of --keep, --take and --value.")
        }
        if let take, take < 1 { throw ValidationError("The values are numbered from 1.") }
        guard reason?.isEmpty != true else { throw ValidationError("A reason cannot be empty.") }
    }

    func run() throws {
        let replica = try replica.open()
        let subject = try replica.subject(meaning: subject)
        let settlement = try replica.settle(
            subject,
            paths: all ? nil : paths.map { NameText.path($0, of: subject) },
            try choice(of: subject, in: replica),
            reason: reason.map(TypedText.checkedValue),
            expecting: expect
        )
        if output.json {
            try Output.json(Answer(settlement))
            return
        }
        Output.table([[settlement.subject]])
        Output.table(
            settlement.fields.map { [language.localizer(for: output).settled($0, of: settlement.subject)] },
            indent: "  "
        )
        Output.line(language.localizer(for: output).recorded(settlement.events))
    }

    private func choice(of subject: String, in replica: Replica) throws -> SettlementChoice {
        if keep { return .keep }
        if let take { return .take(take) }
        let typist = language.typist(for: output)
        return .value(
            try FieldText.value(value ?? "", at: NameText.path(paths.first ?? "", of: subject), of: subject, by: typist)
            {
                try replica.subject(meaning: $0, of: $1)
            }
        )
    }

    private struct Answer: Encodable {
        struct Field: Encodable {
            var path: String
            var value: String?
        }

        var subject: String
        /// Each value as JSON text.
        var settled: [Field]
        var ids: [Int]
        var events: [String]

        init(_ settlement: Settlement) {
            subject = settlement.subject
            settled = settlement.fields.map { Field(path: $0.path, value: $0.value) }
            ids = settlement.events.map(\.id)
            events = settlement.events.map(\.line)
        }
    }
}
