import AgendaModel
import Testing
import Wording

@testable import TypedInput

@Suite("Days as people type them")
struct DayTextTests {
    private func day(_ text: String, _ language: Language, isProgram: Bool = false) throws -> String? {
        try DayText.value(text, TypingManner(language: language, today: "2026-03-01", isProgram: isProgram))
    }

    @Test(
        "A day with one reading is that day, in both languages",
        arguments: [
            ("2026-11-12", "2026-11-12"), ("2026-1-2", "2026-01-02"), ("13-11-2026", "2026-11-13"),
            ("13/11/2026", "2026-11-13"),
            ("13.11.2026", "2026-11-13"), ("11-11-2026", "2026-11-11"), ("12 november 2026", "2026-11-12"),
            ("12 nov 2026", "2026-11-12"), ("1 maart 2026", "2026-03-01"), ("1 march 2026", "2026-03-01"),
            ("3 MEI 2026", "2026-05-03"), ("29-2-2024", "2024-02-29"), ("vandaag", "2026-03-01"),
            ("Today", "2026-03-01"),
            ("gisteren", "2026-02-28"), ("yesterday", "2026-02-28"), ("eergisteren", "2026-02-27"),
            ("morgen", "2026-03-02"),
        ]
    )
    func read(_ text: String, _ expected: String) throws {
        for language in Language.allCases { #expect(try day(text, language) == expected, "\(language)") }
    }

    @Test("In Dutch the day comes before the month; in English only where nothing else can be meant")
    func order() throws {
        #expect(try day("12-11-2026", .dutch) == "2026-11-12")
        #expect(try day("1-2-2026", .dutch) == "2026-02-01")
        #expect(try day("11/13/2026", .english) == "2026-11-13")
        let error = try #require(throws: InputError.self) { try day("12-11-2026", .english) }
        #expect(error.text.english.contains("2026-11-12") && error.text.english.contains("2026-12-11"))
    }

    @Test(
        "A day that does not exist is refused by name",
        arguments: ["31-2-2026", "2026-02-29", "32 mei 2026", "31-11-2026"]
    )
    func missing(_ text: String) throws {
        for language in Language.allCases {
            let error = try #require(throws: InputError.self) { try day(text, language) }
            #expect(error.text[language].contains(text))
        }
    }

    @Test(
        "What is no day is none",
        arguments: ["", "12-11", "12-11-26", "ooit", "12 x 2026", "2026", "a-b-2026", "12 m 2026", "1-1-1-2026"]
    )
    func none(_ text: String) throws {
        for language in Language.allCases { #expect(try day(text, language) == nil) }
    }

    @Test("A program writes YYYY-MM-DD and nothing else")
    func programs() throws {
        #expect(try day("2026-11-12", .dutch, isProgram: true) == "2026-11-12")
        for text in ["12-11-2026", "vandaag", "2026-1-2"] { #expect(try day(text, .dutch, isProgram: true) == nil) }
    }
}
