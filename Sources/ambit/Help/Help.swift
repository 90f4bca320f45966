import ArgumentParser
import TypedInput

/// `ambit help`: the guides, and the help of each command.
struct Help: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: .told("Show a guide, or the help of a command; without either, list both."),
        discussion: .told(
            """
            ambit help field-work
            ambit help agenda create
            """
        )
    )

    @Argument(help: .told("A guide, as ambit help lists them, or a command."))
    var topic: [String] = []

    @OptionGroup var language: NamedLanguage

    func run() throws {
        if topic.isEmpty {
            Output.text(Ambit.helpMessage() + "\n")
            Output.say("GUIDES (ambit help TOPIC):")
            Output.table(Guide.allCases.map { [$0.topic, $0.title(in: language.spoken)] }, indent: "  ")
        } else if let command = Self.command(at: topic) {
            throw CleanExit.helpRequest(command)
        } else if let guide = Guide(rawValue: topic.joined(separator: "-")) {
            Output.write(guide.text(in: language.spoken).utf8)
        } else {
            throw ValidationError(unknownTopic)
        }
    }

    /// The command that words such as `agenda create` name; nil when there is none.
    static func command(at words: [String]) -> (any ParsableCommand.Type)? {
        var found: any ParsableCommand.Type = Ambit.self
        for word in words {
            guard let next = found.configuration.subcommands.first(where: { $0._commandName == word }) else {
                return nil
            }
            found = next
        }
        return found
    }

    private var unknownTopic: String {
        let names = Guide.allCases.map(\.topic) + Ambit.configuration.subcommands.map { $0._commandName }
        let meant = Spelling.nearest(to: topic.joined(separator: "-"), among: names)
        let suggestion = meant.map { "Did you mean \($0)? " } ?? ""
        return "There is no guide and no command \"\(topic.joined(separator: " "))\". \(suggestion)"
            + "ambit help lists them all."
    }
}
