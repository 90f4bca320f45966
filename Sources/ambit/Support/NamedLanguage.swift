import ArgumentParser
import Foundation
import Wording

extension Language: ExpressibleByArgument {
    /// `en` or `nl`.
    public init?(argument: String) { self.init(rawValue: argument) }

    /// The language of whoever started the program, known before arguments are parsed: what is wrong with them is said in
    /// it too.
    static let spoken: Language = {
        let words = CommandLine.arguments.prefix { $0 != "--" }
        let named = words.last { $0.hasPrefix("--language=") }.map { String($0.dropFirst("--language=".count)) }
        let next = words.firstIndex(of: "--language").flatMap { words.dropFirst($0 + 1).first }
        return (named ?? next).flatMap { Language(rawValue: $0) }
            ?? Language(environment: ProcessInfo.processInfo.environment)
    }()
}

/// Which language to answer people in.
///
/// Every command takes it; what is said before arguments are parsed is in it too, see `Language.spoken`.
struct NamedLanguage: ParsableArguments {
    @Option(
        help: .told(
            "Answer in English (en) or Dutch (nl); otherwise as AMBIT_LANGUAGE, LC_ALL, LC_MESSAGES or LANG say."
        )
    )
    var language: Language?

    /// The language that was asked for, otherwise that of the environment.
    var spoken: Language { language ?? Language(environment: ProcessInfo.processInfo.environment) }
}
