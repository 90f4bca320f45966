import AgendaModel
import Testing
import Wording

@testable import TypedInput

@Suite("Data of events as people type it")
struct EventInputTests {
    private func data(_ type: String, _ words: [String], takesOut: Bool = false) throws -> JSONValue {
        let manner = TypingManner(language: .dutch, today: "2026-03-01")
        return try EventInput(typeNamed: type, takesOut: takesOut, manner) { text, _ in "indicator/\(text)" }.data(
            words
        )
    }

    @Test("Fields are read by the form that the catalogue gives them, and come in order of name")
    func fields() throws {
        let found = try data(
            "project.started",
            ["title=Warmtenet Noord", "phase=idea", "budget=", "location.name=Assen"]
        )
        let expected = #"{"budget":null,"location":{"name":"Assen"},"phase":"idea","title":"Warmtenet Noord"}"#
        #expect(found == (try JSONValue(parsing: expected)))
    }

    @Test("A value may hold the sign that ends a key")
    func equals() throws {
        #expect(try data("project.started", ["title=a=b"]) == (try JSONValue(parsing: #"{"title":"a=b"}"#)))
    }

    @Test("A key of a map may have dots before the part that it leads to")
    func maps() throws {
        let found = try data("ambition.targeted", ["targets.indicator/k3j9x2-4.quantity=5000"])
        let expected = #"{"targets":{"indicator/k3j9x2-4":{"quantity":5000}}}"#
        #expect(found == (try JSONValue(parsing: expected)))
    }

    @Test(
        "What is no data is refused, and the message says which word",
        arguments: [
            (["title"], "\"title\" is not of the form key=value."),
            (["title=a", "title=b"], "The field \"title\" is given twice."),
            (["location.name=Assen", "location={}"], "The field \"location\" is given twice."),
            (["location.place=Assen"], "The field \"location\" of project.started has no part \"place\"."),
            (["location=Assen"], "The field \"location\" of project.started takes {"),
            (["colour=red"], "project.started has no field \"colour\". It takes: "),
        ]
    )
    func refused(_ words: [String], _ message: String) throws {
        let error = try #require(throws: InputError.self) { try data("project.started", words) }
        #expect(error.code == .invalidData)
        #expect(error.message.hasPrefix(message), "\(error.message)")
    }

    @Test("A type that does not exist is refused before any word is read")
    func unknownType() throws {
        let error = try #require(throws: InputError.self) { try data("project.painted", ["title"]) }
        #expect(error.code == .unknownType)
        #expect(error.message == "There is no type \"project.painted\".")
    }

    @Test("Only what takes fields out may name one of the kind that the type does not have, and only empty")
    func takingOut() throws {
        let kind = try #require(Catalogue.current.kind(named: "project"))
        let type = try #require(Catalogue.current.type(named: "project.advanced"))
        let other = try #require(kind.fields.first { !type.fields.contains($0.name) }).name
        #expect(try data(type.name, ["\(other)="], takesOut: true)[other] == .null)
        #expect(throws: InputError.self) { try data(type.name, ["\(other)="]) }
        #expect(throws: InputError.self) { try data(type.name, ["\(other)=x"], takesOut: true) }
    }

    @Test(
        "Types, fields, values and truths go by the words of both languages, in any case",
        arguments: [
            (
                "meting", ["waarde=12,5", "op=1-3-2026", "indicator=a"], "measurement.recorded",
                #"{"indicator":"indicator/a","on":"2026-03-01","value":12.5}"#
            ),
            (
                "Measurement", ["value=12.5", "on=today", "Indicator=a"], "measurement.recorded",
                #"{"indicator":"indicator/a","on":"2026-03-01","value":12.5}"#
            ),
            (
                "project.advanced", ["fase=Realisatie", "reden=x"], "project.advanced",
                #"{"phase":"realisation","reason":"x"}"#
            ),
            ("project.ging naar een fase", ["phase=voorbereiding"], "project.advanced", #"{"phase":"preparation"}"#),
            ("meting.vervallen", ["vervallen=ja"], "measurement.voided", #"{"voided":true}"#),
            (
                "mijlpaal", ["verwacht op=vandaag", "titel=x", "project=project/b"], "milestone.planned",
                #"{"due":"2026-03-01","project":"project/b","title":"x"}"#
            ),
            (
                "project", ["titel=x", "plaats.breedtegraad=52,99"], "project.started",
                #"{"location":{"latitude":52.99},"title":"x"}"#
            ),
        ] as [(String, [String], String, String)]
    )
    func words(_ type: String, _ words: [String], _ name: String, _ expected: String) throws {
        let manner = TypingManner(language: .dutch, today: "2026-03-01")
        let input = try EventInput(typeNamed: type, manner) { text, kind in "\(kind ?? "?")/\(text)" }
        #expect(input.typeName == name)
        #expect(try input.data(words) == (try JSONValue(parsing: expected)))
    }

    @Test("Every type, field and value can be typed by its words in both languages, and is itself")
    func allWords() throws {
        for language in Language.allCases {
            let manner = TypingManner(language: language, today: "2026-03-01")
            for type in Catalogue.current.types {
                let spoken = "\(Vocabulary.kind(type.kind, language)).\(Vocabulary.type(type.name, language))"
                let input = try EventInput(typeNamed: spoken, manner) { text, _ in text }
                #expect(input.typeName == type.name, "\(spoken)")
                let kind = try #require(Catalogue.current.kind(named: type.kind))
                for field in kind.fields where type.fields.contains(field.name) {
                    guard case .oneOf(let values) = field.form else { continue }
                    for value in values {
                        let key = Vocabulary.field(field.name, of: kind.name, language)
                        let text = Vocabulary.value(value, of: field.name, language)
                        #expect(
                            try input.data(["\(key)=\(text)"])[field.name] == .string(value),
                            "\(spoken) \(key)=\(text)"
                        )
                    }
                }
            }
        }
    }

    @Test(
        "What is misspelt gets a suggestion",
        arguments: [("metting", [], "meting"), ("meting", ["waarden=3"], "waarde"), ("measurment", [], "measurement")]
            as [(String, [String], String)]
    )
    func suggestions(_ type: String, _ words: [String], _ near: String) throws {
        let error = try #require(throws: InputError.self) { try data(type, words) }
        for language in Language.allCases { #expect(error.text[language].contains("\"\(near)\""), "\(error.text)") }
    }
}
