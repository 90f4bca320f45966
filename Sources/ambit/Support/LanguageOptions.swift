import ArgumentParser
import Foundation
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

    /// Says things in that language.
    var localizer: Localizer { Localizer(spoken) }
}
