import AgendaModel
import Testing

@testable import TypedInput

@Suite("Data of events as people type it")
struct EventInputTests {
    private func data(_ type: String, _ words: [String], takesOut: Bool = false) throws -> JSONValue {
        try EventInput(typeNamed: type, takesOut: takesOut) { "indicator/\($0)" }.data(words)
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
}
