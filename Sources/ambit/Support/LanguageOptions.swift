import ArgumentParser
import Foundation
import TypedInput
import Wording

extension Language: ExpressibleByArgument {
    /// `en` or `nl`.
    public init?(argument: String) { self.init(rawValue: argument) }
}

/// Which language to answer people in.
struct LanguageOptions: ParsableArguments {
    @Option(help: "Answer in English (en) or Dutch (nl); otherwise as AMBIT_LANGUAGE, LC_ALL, LC_MESSAGES or LANG say.")
    var language: Language?

    /// The language that was asked for, otherwise that of the environment.
    var spoken: Language { language ?? Language(environment: ProcessInfo.processInfo.environment) }

    /// How whoever gives the arguments types: a program, which asks for JSON, writes JSON's numbers.
    func manner(asking output: OutputOptions) -> TypingManner {
        let parts = Calendar(identifier: .gregorian).dateComponents([.year, .month, .day], from: Date())
        let today = String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
        return TypingManner(language: spoken, today: today, isProgram: output.json)
    }

    /// Says things in that language.
    var localizer: Localizer { Localizer(spoken) }
}

/// A command that answers in a language that can be chosen.
protocol Speaking {
    var language: LanguageOptions { get }
}
