package import AgendaModel
package import Foundation
package import Wording

/// Whoever typed something: how they write numbers, days and names.
package struct Typist: Sendable {
    /// The language of a person; nil for a program, which writes numbers as JSON does and days as `YYYY-MM-DD`.
    package let language: Language?
    /// The day that the person calls today, `YYYY-MM-DD`.
    package let today: String
    /// The day before.
    package let yesterday: String

    /// A program.
    package static let program = Typist(language: nil, today: "", yesterday: "")

    /// A person.
    ///
    /// - Parameters:
    ///   - language: in which they write.
    ///   - now: the moment at which they do.
    ///   - timeZone: where they are.
    package init(_ language: Language, now: Timestamp, in timeZone: TimeZone) {
        self.init(
            language: language,
            today: now.day(in: timeZone),
            yesterday: now.day(in: timeZone, plus: -1)
        )
    }

    /// A person who types numbers only, in a language.
    init(typing language: Language) { self.init(language: language, today: "", yesterday: "") }

    private init(language: Language?, today: String, yesterday: String) {
        self.language = language
        self.today = today
        self.yesterday = yesterday
    }
}
