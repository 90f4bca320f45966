import AgendaModel
import Foundation
import Testing
import Wording

@testable import TypedInput

@Suite("Days as people type them")
struct DayTextTests {
    private func typist(_ language: Language, zone: String = "Europe/Amsterdam") throws -> Typist {
        // In Amsterdam it is 13 November already.
        let now = try #require(Timestamp("2026-11-12T23:30:00.000Z"))
        return Typist(language, now: now, in: try #require(TimeZone(identifier: zone)))
    }

    @Test(
        "A day is read in the typist's way, and today is the typist's",
        arguments: [
            (.dutch, "2026-11-12", "2026-11-12"), (.dutch, "12-11-2026", "2026-11-12"),
            (.dutch, "1-3-2026", "2026-03-01"),
            (.dutch, "29-2-2028", "2028-02-29"), (.dutch, "vandaag", "2026-11-13"), (.dutch, "gisteren", "2026-11-12"),
            (.dutch, "Vandaag", "2026-11-13"), (.dutch, "today", "2026-11-13"),
            (.english, "2026-11-12", "2026-11-12"), (.english, "today", "2026-11-13"),
            (.english, "yesterday", "2026-11-12"),
        ] as [(Language, String, String)]
    )
    func days(_ language: Language, _ text: String, _ expected: String) throws {
        #expect(try DayText.value(text, by: typist(language)) == expected)
    }

    @Test(
        "The end of something is a day, or so many days or weeks from today on",
        arguments: [
            ("2026-11-12", "2026-11-12"), ("2027-11-28", "2027-11-28"), ("1d", "2026-11-13"), ("365d", "2027-11-12"),
            ("2w", "2026-11-26"), ("2026-11-11", nil), ("2026-02-30", nil), ("0d", nil), ("-1d", nil), ("+1d", nil),
            ("d", nil), ("1", nil), ("1y", nil), ("100001d", nil), ("100000w", "3943-05-27"),
            ("99999999999999999999d", nil),
            ("", nil), ("١d", nil), ("1 d", nil),
        ] as [(String, String?)]
    )
    func end(_ text: String, _ expected: String?) throws {
        #expect(DayText.end(text, from: try #require(Timestamp("2026-11-12T23:30:00.000Z"))) == expected)
    }

    @Test(
        "What is no day that exists is none",
        arguments: [
            "2026-02-30", "30-02-2026", "31-11-2026", "12-13-2026x", "12-11-26", "12/11/2026", "2026-1-1",
            "morgenvroeg", "",
            "-11-2026", "12-11-2026 ", "0-1-2026", "1-0-2026", "2026-11", "00-00-0000",
        ],
        Language.allCases
    )
    func none(_ text: String, _ language: Language) throws {
        #expect(try DayText.value(text, by: typist(language)) == nil)
    }

    @Test(
        "English does not say whether day or month comes first, so the year has to",
        arguments: [
            ("12-11-2026", ["2026-11-12", "2026-12-11"]), ("25-12-2026", ["2026-12-25"]),
            ("12-25-2026", ["2026-12-25"]),
            ("3-3-2026", ["2026-03-03"]),
        ]
    )
    func english(_ text: String, _ readings: [String]) throws {
        let error = try #require(throws: InputError.self) { try DayText.value(text, by: typist(.english)) }
        for reading in readings { #expect(error.message.english.contains(reading)) }
    }

    @Test("A program writes days as JSON has them", arguments: ["12-11-2026", "vandaag", "today"])
    func program(_ text: String) throws {
        #expect(try DayText.value(text, by: .program) == nil)
        #expect(try DayText.value("2026-11-12", by: .program) == "2026-11-12")
    }
}
