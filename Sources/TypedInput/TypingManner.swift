package import Wording

/// How somebody types: a person in a language and on a day, or a program.
package struct TypingManner: Hashable, Sendable {
    /// The language in which a day is read, and in which is said what is wrong.
    package var language: Language
    /// The day that `today` stands for, `YYYY-MM-DD`: the person's own.
    package var today: String
    /// Whether a program writes: then numbers are JSON's, and nothing has two readings.
    package var isProgram: Bool

    package init(language: Language, today: String, isProgram: Bool = false) {
        self.language = language
        self.today = today
        self.isProgram = isProgram
    }
}
