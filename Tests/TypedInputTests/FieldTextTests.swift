import AgendaModel
import Testing
import Wording

@testable import TypedInput

@Suite("Values as people type them")
struct FieldTextTests {
    private struct Unresolved: Error {}

    @Test(
        "A text is read by the form of its field",
        arguments: [
            (.string, "5000", #""5000""#), (.date, "2026-03-01", #""2026-03-01""#),
            (.oneOf(["idea"]), "idea", #""idea""#),
            (.integer, "-3", "-3"), (.number, "5000", "5000"), (.number, "0.5", "0.5"),
            (.boolean, "false", "false"), (.present, "true", "true"),
            (.object([]), #"{"name":"Assen"}"#, #"{"name":"Assen"}"#),
            (.reference(kind: "theme"), "theme/k3j9x2-1", #""theme/k3j9x2-1""#),
        ] as [(Catalogue.Form, String, String)]
    )
    func values(_ form: Catalogue.Form, _ text: String, _ expected: String) throws {
        let found = try FieldText.value(text, form, of: "phase", by: .program) { _, _ in throw Unresolved() }
        #expect(found == (try JSONValue(parsing: expected)))
    }

    @Test("Text is composed, however the keyboard gave it", arguments: ["Cafe\u{301}", "Caf\u{E9}"])
    func composed(text: String) throws {
        for form in [Catalogue.Form.string, .object([])] {
            let typed = form == .string ? text : "{\"name\":\"\(text)\"}"
            let value = try #require(try FieldText.value(typed, form, of: "name", by: .program) { text, _ in text })
            let found = form == .string ? value.text : value["name"]?.text
            #expect(found.map { Array($0.utf8) } == Array("Caf\u{E9}".utf8))
        }
    }

    @Test("A character with as many marks as scripts have is text; with more it is refused, in words of both languages")
    func marks() throws {
        func read(_ text: String) throws -> JSONValue? {
            try FieldText.value(text, .string, of: "title", by: Typist(typing: .dutch)) { text, _ in text }
        }
        // What is composed is no mark any more.
        let (most, more) = (TypedText.maximumMarks + 1, TypedText.maximumMarks + 2)
        for text in ["न\u{93F}ति", "ก\u{E33}\u{E48}", "x" + String(repeating: "\u{323}e\u{301}", count: 200)] {
            #expect(try read(text) != nil)
        }
        #expect(try read("e" + String(repeating: "\u{301}", count: most)) != nil)
        for (letter, mark, count) in [("e", "\u{301}", more), ("x", "\u{489}", 26_000)] {
            let text = letter + String(repeating: mark, count: count)
            let error = #expect(throws: InputError.self) { try read(text) }
            #expect(error?.message[.english].contains("32 accents") == true)
            #expect(error?.message[.dutch].contains("32 accenten") == true)
        }
    }

    @Test(
        "A text of which nothing is seen is refused, in words of both languages; spaces at its ends are not",
        arguments: [" ", "  \t", "\u{A0}", "\n", "\u{3000}", "\u{200B}", "\u{2028} \u{FEFF}"]
    )
    func nothingSeen(text: String) throws {
        func read(_ text: String) throws -> JSONValue? {
            try FieldText.value(text, .string, of: "title", by: Typist(typing: .dutch)) { text, _ in text }
        }
        let error = #expect(throws: InputError.self) { try read(text) }
        #expect(error?.code == .invalidData)
        #expect(error?.message[.english].contains("spaces alone") == true)
        #expect(error?.message[.dutch].contains("alleen spaties") == true)
        #expect(try read("\(text)x\(text)") == .string("\(text)x\(text)"))
    }

    @Test(
        "A text that is no value of the form gives none",
        arguments: [
            (.integer, "0.5"), (.integer, "1e-3"), (.number, "inf"), (.number, "nan"),
            (.number, "five"), (.number, "0x10"), (.integer, "0x10"), (.number, "1_000"), (.number, "+5"),
            (.number, "1."),
            (.number, ".5"), (.number, "1e"), (.number, "--1"), (.number, " 1"), (.number, "1,5"),
            (.number, "1e9999999"),
            (.boolean, "maybe"), (.present, "1"), (.object([]), "[]"), (.object([]), "{"),
            (.map(key: "indicator", value: .number), "5"),
        ] as [(Catalogue.Form, String)]
    )
    func none(_ form: Catalogue.Form, _ text: String) throws {
        #expect(try FieldText.value(text, form, of: "phase", by: .program) { text, _ in text } == nil)
    }

    @Test(
        "Nothing makes a field absent, whatever its form",
        arguments: [.string, .number, .object([])] as [Catalogue.Form]
    )
    func absent(_ form: Catalogue.Form) throws {
        #expect(try FieldText.value("", form, of: "phase", by: .program) { _, _ in throw Unresolved() } == .null)
    }

    @Test(
        "At a place of a document the catalogue says what a text means; where it has nothing, the text is the value",
        arguments: [
            ("/order", "theme/k3j9x2-1", "2", "2"), ("/title", "theme/k3j9x2-1", "2", #""2""#),
            ("/order", "theme/k3j9x2-1", "", "null"), ("/nothing", "theme/k3j9x2-1", "2", #""2""#),
            ("/order", "nothing/k3j9x2-1", "2", #""2""#),
        ]
    )
    func places(_ path: String, _ subject: String, _ text: String, _ expected: String) throws {
        let found = try FieldText.value(text, at: path, of: subject, by: .program) { _, _ in throw Unresolved() }
        #expect(found == (try JSONValue(parsing: expected)))
    }

    @Test("A text that is no value of what stands at a place is refused, with what does")
    func wrongPlace() {
        let error = #expect(throws: InputError.self) {
            try FieldText.value("two", at: "/order", of: "theme/k3j9x2-1", by: .program) { text, _ in text }
        }
        #expect(error?.code == .invalidData)
        #expect(error?.message[.english].contains("/order") == true && error?.message[.english].contains("two") == true)
    }

    @Test("A short subject is looked up, and what the look-up throws gets through")
    func references() throws {
        let reference = Catalogue.Form.reference(kind: "theme")
        let found = try FieldText.value("k3j9x2-1", reference, of: "theme", by: .program) { "\($1 ?? "")/\($0)" }
        #expect(found == .string("theme/k3j9x2-1"))
        #expect(throws: Unresolved.self) {
            try FieldText.value("k3j9x2-1", reference, of: "theme", by: .program) { _, _ in throw Unresolved() }
        }
    }

    @Test(
        "Values are the catalogue's, or the words of either language",
        arguments: [
            ("phase", "realisatie", "realisation"), ("phase", "Realisatie", "realisation"), ("phase", "idea", "idea"),
            ("phase", "idee", "idea"), ("phase", "stilgelegd", "halted"), ("status", "vastgesteld", "adopted"),
            ("status", "deels ingewilligd", "partly-granted"), ("status", "partly granted", "partly-granted"),
            ("role", "beheerder", "admin"), ("phase", "bouw", nil), ("phase", "", nil),
        ] as [(String, String, String?)]
    )
    func words(_ field: String, _ text: String, _ expected: String?) throws {
        let values = Set(
            Catalogue.current.kinds.flatMap(\.fields).filter { $0.name == field }.flatMap { field -> [String] in
                if case .oneOf(let values) = field.form { values } else { [] }
            }
        )
        let typist = Typist(typing: .dutch)
        let found = try FieldText.value(text, .oneOf(values.sorted()), of: field, by: typist) { text, _ in text }
        #expect(found == (text.isEmpty ? .null : expected.map(JSONValue.string)))
    }

    @Test(
        "Yes and no are words of either language",
        arguments: [
            ("ja", true), ("Ja", true), ("nee", false), ("yes", true), ("no", false), ("true", true), ("j", nil),
        ]
            as [(String, Bool?)]
    )
    func booleans(_ text: String, _ expected: Bool?) throws {
        let found = try FieldText.value(text, .boolean, of: "active", by: Typist(typing: .dutch)) { text, _ in text }
        #expect(found == expected.map(JSONValue.bool))
    }

    @Test("Each value of the catalogue is read back from its words, in each language", arguments: Language.allCases)
    func vocabulary(_ language: Language) throws {
        for kind in Catalogue.current.kinds {
            for field in kind.fields {
                guard case .oneOf(let values) = field.form else { continue }
                for value in values {
                    let word = Vocabulary.value(value, of: field.name, language)
                    let found = try FieldText.value(word, field.form, of: field.name, by: Typist(typing: language)) {
                        text,
                        _ in text
                    }
                    #expect(found == .string(value), "\(kind.name).\(field.name): \(word)")
                }
            }
        }
    }

    @Test("Numbers in JSON between words are refused where people may mean another", arguments: Language.allCases)
    func json(_ language: Language) throws {
        let form = Catalogue.Form.map(key: "indicator", value: .object([]))
        func value(_ number: String, _ typist: Typist) throws -> JSONValue? {
            try FieldText.value(#"{"indicator/a-1":{"quantity":\#(number)}}"#, form, of: "targets", by: typist) {
                text,
                _ in text
            }
        }
        #expect(throws: InputError.self) { try value("10.000", Typist(typing: language)) }
        #expect(throws: InputError.self) { try value("9007199254740993", .program) }
        #expect(try value("12.5", Typist(typing: language)) != nil)
        #expect(try value("10.000", .program) != nil)
    }
}
