import AgendaModel
import Testing

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
        let found = try FieldText.value(text, form) { _ in throw Unresolved() }
        #expect(found == (try JSONValue(parsing: expected)))
    }

    @Test(
        "A text that is no value of the form gives none",
        arguments: [
            (.integer, "0.5"), (.integer, "1e-3"), (.number, "inf"), (.number, "nan"),
            (.number, "five"), (.number, "0x10"), (.integer, "0x10"), (.number, "1_000"), (.number, "+5"),
            (.number, "1."),
            (.number, ".5"), (.number, "1e"), (.number, "--1"), (.number, " 1"), (.number, "1,5"),
            (.number, "1e9999999"),
            (.boolean, "yes"), (.present, "1"), (.object([]), "[]"), (.object([]), "{"),
            (.map(key: "indicator", value: .number), "5"),
        ] as [(Catalogue.Form, String)]
    )
    func none(_ form: Catalogue.Form, _ text: String) throws {
        #expect(try FieldText.value(text, form) { $0 } == nil)
    }

    @Test(
        "Nothing makes a field absent, whatever its form",
        arguments: [.string, .number, .object([])] as [Catalogue.Form]
    )
    func absent(_ form: Catalogue.Form) throws {
        #expect(try FieldText.value("", form) { _ in throw Unresolved() } == .null)
    }

    @Test("A short subject is looked up, and what the look-up throws gets through")
    func references() throws {
        #expect(try FieldText.value("k3j9x2-1", .reference(kind: nil)) { "theme/\($0)" } == .string("theme/k3j9x2-1"))
        #expect(throws: Unresolved.self) {
            try FieldText.value("k3j9x2-1", .reference(kind: nil)) { _ in throw Unresolved() }
        }
    }
}
