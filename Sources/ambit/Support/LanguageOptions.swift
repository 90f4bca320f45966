import ArgumentParser
import Foundation
import Wording

extension Language: ExpressibleByArgument {
    /// `en` or `nl`.
    public init?(argument: String) { self.init(rawValue: argument) }
}

/// Which language to answer people in.
struct LanguageOptions: ParsableArguments {
    @Option(help: "Answer in English (en) or Dutch (nl); otherwise as LC_ALL, LC_MESSAGES or LANG say.")
    var language: Language?

    /// Says things in that language.
    var localizer: Localizer { Localizer(language ?? Language(environment: ProcessInfo.processInfo.environment)) }
}
