import ArgumentParser
import SyncClient
import TypedInput
import Wording

/// `ambit find`: subjects by words in their titles and texts.
struct FindCommand: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: .told("Find subjects by words in their titles and texts."),
        discussion: .told(
            """
            ambit find warmtenet noord
            ambit find woningen --kind indicator
            """
        )
    )

    @Argument(help: .told("The words; all of them have to be there, in any order."))
    var words: [String]

    @Option(help: .told("Only subjects of this kind."), completion: Completing.kind)
    var kind: String?

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let kind = try KindArgument.name(kind)
        let found = try replica.open().find(words.joined(separator: " "), kind: kind)
        if output.json {
            try Output.json(found.map { Answer(subject: $0.subject, title: $0.title) })
            return
        }
        let localizer = language.localizer(for: output)
        if found.isEmpty { Output.note("ambit: \(localizer.message(.noneFound))") }
        Output.table(
            found.map { found in
                let kind = String(found.subject.prefix { $0 != "/" })
                let title = found.title.replacing("\n", with: " ")
                return [Vocabulary.kind(kind, localizer.language), title, found.subject]
            }
        )
    }

    private struct Answer: Encodable {
        var subject: String
        var title: String
    }
}
