import AgendaModel
import Testing

@testable import Wording

@Suite("Which language, and how it writes")
struct LanguageTests {
    @Test(
        "The first variable that says something decides",
        arguments: [
            ([:], .english), (["LANG": "nl_NL.UTF-8"], .dutch), (["LANG": "de_DE.UTF-8"], .english),
            (["LANG": "nl_NL", "LC_MESSAGES": "en_GB.UTF-8"], .english),
            (["LC_ALL": "", "LANG": "nl_BE@euro"], .dutch),
            (["LANG": "nl", "LC_ALL": "C"], .english), (["LC_MESSAGES": "NL"], .dutch),
            (["AMBIT_LANGUAGE": "nl", "LC_ALL": "C"], .dutch), (["AMBIT_LANGUAGE": "", "LC_ALL": "nl_NL"], .dutch),
        ] as [([String: String], Language)]
    )
    func environment(_ variables: [String: String], _ language: Language) {
        #expect(Language(environment: variables) == language)
    }

    @Test(
        "A client gets the language that it likes best",
        arguments: [
            (nil, .english), ("nl", .dutch), ("nl-BE, en;q=0.8", .dutch), ("en;q=0.8, nl;q=0.9", .dutch),
            ("de, *;q=0.5, nl;q=0.4", .english), ("fr, nl;q=0.1", .dutch), ("nl;q=0", .english), ("", .english),
        ] as [(String?, Language)]
    )
    func accepted(_ header: String?, _ language: Language) {
        #expect(Language(accepting: header) == language)
    }

    @Test("Numbers, days, moments and amounts are written as people of the language do")
    func forms() throws {
        let (dutch, english) = (Localizer(.dutch), Localizer(.english))
        for (json, inDutch, inEnglish) in [
            ("10000", "10.000", "10,000"), ("-1234567.5", "-1.234.567,5", "-1,234,567.5"), ("0.25", "0,25", "0.25"),
            ("1e+21", "1e+21", "1e+21"),
        ] {
            #expect(dutch.number(json) == inDutch)
            #expect(english.number(json) == inEnglish)
        }
        let time = try #require(Timestamp("2026-11-12T10:11:12.123Z"))
        #expect(dutch.moment(time) == "12-11-2026 10:11:12 UTC")
        #expect(english.moment(time) == "2026-11-12 10:11:12 UTC")
        #expect(dutch.euros(cents: 1_250_005) == "€ 12.500,05")
        #expect(english.euros(cents: 1_250_000) == "€12,500")
        #expect(dutch.duration(milliseconds: (26 * 60 + 5) * 60_000) == "1 dag 2 uur")
        #expect(english.duration(milliseconds: 1440 * 60_000 * 3) == "3 days")
        #expect(english.duration(milliseconds: 61 * 60_000) == "1 hour 1 minute")
        #expect(dutch.list(["1", "2", "3"]) == "1, 2 en 3")
    }

    @Test("Paths and values are given in the words of the catalogue")
    func values() {
        let titles = ["theme/a-1": "Groen", "indicator/a-2": "Banen"]
        func value(_ json: String, _ path: String, _ subject: String, _ language: Language = .dutch) -> String {
            Localizer(language).value(Array(json.utf8), at: path, of: subject, titles)
        }
        #expect(value(#""realisation""#, "/phase", "project/a-3") == "realisatie")
        #expect(value(#""theme/a-1""#, "/theme", "project/a-3") == "Groen (a-1)")
        #expect(value(#""2026-03-01""#, "/start", "project/a-3") == "01-03-2026")
        #expect(value("1250000", "/budget", "project/a-3") == "€ 12.500")
        #expect(value("true", "/dropped", "milestone/a-3", .english) == "yes")
        #expect(value(#""a \"b\"\n""#, "/title", "project/a-3") == "a \"b\"\n")
        #expect(Localizer(.dutch).value(nil, at: "/phase", of: "project/a-3", [:]) == "(leeg)")
        let path = "/targets/indicator~1a-2/quantity"
        #expect(Localizer(.dutch).field(path, of: "ambition/a-4", titles) == "doelen › Banen › hoeveelheid")
        #expect(Localizer(.dutch).field(path, of: "ambition/a-4", [:]) == "doelen › indicator/a-2 › hoeveelheid")
    }
}
