import AgendaModel
import Testing
import Wording

@testable import TypedInput

@Suite("Data of events as people type it")
struct EventInputTests {
    private func data(_ type: String, _ words: [String], takesOut: Bool = false) throws -> JSONValue {
        try EventInput(typeNamed: type, takesOut: takesOut, by: .program) { "\($1 ?? "note")/\($0)" }.data(words)
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

    @Test(
        "A whole name without a key goes to a field that takes its kind, wherever it stands",
        arguments: [
            ("measurement", ["project/a-1", "won", "25"], ["project=project/a-1", "indicator=won", "value=25"]),
            ("measurement", ["won", "25", "project/a-1"], ["indicator=won", "value=25", "project=project/a-1"]),
            (
                "measurement", ["ambition/a-1", "indicator/a-2", "25"],
                ["ambition=ambition/a-1", "indicator=indicator/a-2", "value=25"]
            ),
            ("note", ["indicator/a-2", "Gezien"], ["about=indicator/a-2", "text=Gezien"]),
        ] as [(String, [String], [String])]
    )
    func wholeNames(_ type: String, _ words: [String], _ expected: [String]) throws {
        let input = try EventInput(typeNamed: type, by: .program) { "\($1 ?? "note")/\($0)" }
        #expect(try input.keyed(words) == expected)
    }

    @Test(
        "A whole name that no field takes is refused, and becomes no title",
        arguments: [
            ("measurement", ["note/a-1", "25"]), ("project", ["ambition/a-1"]), ("theme", ["project/a-1"]),
        ] as [(String, [String])]
    )
    func wholeNamesOfOtherKinds(_ type: String, _ words: [String]) throws {
        let input = try EventInput(typeNamed: type, by: .program) { "\($1 ?? "note")/\($0)" }
        let error = #expect(throws: InputError.self) { try input.keyed(words) }
        #expect(error?.code == .invalidData)
    }

    @Test("A whole name of another kind than a field takes is no value of it")
    func wrongKind() {
        let error = #expect(throws: InputError.self) { try data("measurement.recorded", ["indicator=project/a-1"]) }
        #expect(error?.message.english == "The field \"indicator\" takes indicator/…, not \"project/a-1\".")
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
            (["location=Assen"], "The field \"location\" takes {"),
            (["colour=red"], "project.started has no field \"colour\". It takes: "),
        ]
    )
    func refused(_ words: [String], _ message: String) throws {
        let error = try #require(throws: InputError.self) { try data("project.started", words) }
        #expect(error.code == .invalidData)
        #expect(error.message.english.hasPrefix(message), "\(error.message)")
    }

    @Test("A type that does not exist is refused before any word is read")
    func unknownType() throws {
        let error = try #require(throws: InputError.self) { try data("project.painted", ["title"]) }
        #expect(error.code == .unknownType)
        #expect(error.message.english == "There is no type \"project.painted\". Did you mean \"project.halted\"?")
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

    @Test("Types and fields are named in the words of either language")
    func words() throws {
        let typist = Typist(typing: .dutch)
        for name in ["meting", "metingen", "meting.vastgelegd", "Meting vastgelegd", "measurement.recorded"] {
            let input = try EventInput(typeNamed: name, by: typist) { "\($1 ?? "note")/\($0)" }
            #expect(input.type.name == "measurement.recorded")
            let data = try input.data(["waarde=1.250,5", "op=12-11-2026", "indicator=woningen", "Bron=raming"])
            let expected =
                #"{"indicator":"indicator/woningen","on":"2026-11-12","source":"raming","value":1250.5}"#
            #expect(data == (try JSONValue(parsing: expected)))
        }
        let found = try EventInput(typeNamed: "ambitie.doelen-gesteld", by: typist) { "\($1 ?? "note")/\($0)" }
            .data(["doelen.woningen.hoeveelheid=5000", "doelen.woningen.uiterlijk=2030-12-31"])
        let expected = #"{"targets":{"indicator/woningen":{"due":"2030-12-31","quantity":5000}}}"#
        #expect(found == (try JSONValue(parsing: expected)))
    }

    @Test("Each type and each field of the catalogue is found by its words", arguments: Language.allCases)
    func vocabulary(_ language: Language) throws {
        for kind in Catalogue.current.kinds {
            #expect(try NameText.kind(Vocabulary.plural(kind.name, language)).name == kind.name)
            for type in kind.types {
                let words = "\(Vocabulary.kind(kind.name, language)) \(Vocabulary.type(type.name, language))"
                #expect(try NameText.type(words).name == type.name, "\(words)")
                let fields = kind.fields.filter { type.fields.contains($0.name) }
                for field in fields {
                    let word = Vocabulary.field(field.name, of: kind.name, language)
                    #expect(
                        NameText.field(word, among: fields, of: kind.name)?.name == field.name,
                        "\(type.name) \(word)"
                    )
                }
            }
        }
    }

    @Test(
        "A name that is nearly right gets a suggestion",
        arguments: [
            ("metting", "Bedoelt u \"meting\"?"), ("mesurement.recorded", "Bedoelt u \"measurement.recorded\"?"),
            ("xyzzy", "Er is geen type \"xyzzy\"."),
        ]
    )
    func suggestions(_ name: String, _ expected: String) throws {
        let error = try #require(throws: InputError.self) { try NameText.type(name) }
        #expect(error.message.dutch.hasSuffix(expected), "\(error.message.dutch)")
    }

    @Test("A field that is nearly right gets a suggestion")
    func fieldSuggestion() throws {
        let input = try EventInput(typeNamed: "meting", by: Typist(typing: .dutch)) { text, _ in text }
        let error = try #require(throws: InputError.self) { try input.data(["warde=5"]) }
        #expect(error.message.dutch.contains("Bedoelt u \"waarde\"? Het heeft: "), "\(error.message.dutch)")
    }
}
