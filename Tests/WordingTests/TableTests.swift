import AgendaModel
import Testing

@testable import Wording

@Suite("One table for both languages")
struct TableTests {
    private func holes(_ text: String) -> Set<Substring> {
        Set(text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().map { $0.prefix { $0 != "}" } })
    }

    @Test("Every message is there in both languages, about the same things", arguments: Message.allCases)
    func messages(_ message: Message) throws {
        let words = try #require(Message.table[message])
        #expect(!words.english.isEmpty && !words.dutch.isEmpty)
        #expect(holes(words.english) == holes(words.dutch))
    }

    @Test("Every kind, type, field and value of the catalogue has words in both languages")
    func catalogue() {
        func check(_ words: LocalizedText?, _ what: String) {
            #expect(words?.english.isEmpty == false && words?.dutch.isEmpty == false, "\(what)")
        }
        func check(_ fields: [Catalogue.Field], of kind: String) {
            for field in fields {
                check(
                    Vocabulary.fields["\(kind).\(field.name)"] ?? Vocabulary.fields[field.name],
                    "\(kind).\(field.name)"
                )
                check(field.form, of: field.name, kind)
            }
        }
        func check(_ form: Catalogue.Form, of field: String, _ kind: String) {
            switch form {
            case .oneOf(let values):
                for value in values {
                    check(Vocabulary.values["\(field)=\(value)"] ?? Vocabulary.values[value], "\(field)=\(value)")
                }
            case .object(let fields): check(fields, of: kind)
            case .map(_, let value): check(value, of: field, kind)
            default: break
            }
        }
        for kind in Catalogue.current.kinds {
            check(Vocabulary.kinds[kind.name], kind.name)
            check(Vocabulary.plurals[kind.name], "several of \(kind.name)")
            check(kind.fields, of: kind.name)
            for type in kind.types { check(Vocabulary.types[type.name], type.name) }
        }
    }

    @Test("What every type and field of the catalogue means is there in Dutch", arguments: Catalogue.current.kinds)
    func meanings(_ kind: Catalogue.Kind) {
        for meaning in kind.types.map(\.meaning) + kind.fields.map(\.meaning) {
            #expect(Language.dutch.words(of: meaning) != meaning)
            #expect(Language.english.words(of: meaning) == meaning)
        }
    }

    @Test("The tables have nothing that the catalogue does not know")
    func leftovers() {
        #expect(Set(Vocabulary.kinds.keys) == Set(Catalogue.current.kinds.map(\.name)))
        #expect(Set(Vocabulary.plurals.keys) == Set(Catalogue.current.kinds.map(\.name)))
        #expect(Set(Vocabulary.types.keys) == Set(Catalogue.current.types.map(\.name)))
    }

    @Test("What the catalogue does not know is called as it is written, and braces in values mean nothing")
    func unknown() {
        #expect(Vocabulary.kind("castle", .dutch) == "castle")
        #expect(Vocabulary.type("castle.stormed", .dutch) == "castle.stormed")
        #expect(Message.changed.text(.dutch, ["before": "{after}", "after": "x"]) == "{after} → x")
    }
}
