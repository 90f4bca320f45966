import Foundation
import Testing

@testable import AgendaModel

@Suite("The catalogue")
struct CatalogueTests {
    @Test("The committed schemas are the ones that the catalogue gives")
    func schemas() throws {
        let folder = Vectors.protocolFolder.appending(path: "Schemas")
        let committed = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".json")
        }
        #expect(Set(committed) == Set(Catalogue.current.schemas.map(\.file)))
        for (file, contents) in Catalogue.current.schemas {
            let found = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            #expect(found == contents, "\(file): write it anew with `ambit types --write-schemas Protocol/Schemas`")
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(contents.utf8)) }
        }
    }

    @Test("It has the fifteen kinds, each created by one type")
    func kinds() {
        #expect(
            Catalogue.current.kinds.map(\.name) == [
                "agenda", "theme", "organisation", "indicator", "ambition", "offer", "ask", "project", "milestone",
                "measurement", "note", "member", "device", "entry", "loss",
            ]
        )
        for kind in Catalogue.current.kinds {
            #expect(kind.types.filter(\.isCreating).count == 1, "\(kind.name)")
            #expect(Set(kind.types.flatMap(\.fields)) == Set(kind.fields.map(\.name)), "\(kind.name)")
        }
    }

    @Test("Every type is found by its name and no other name finds one")
    func lookUp() {
        for type in Catalogue.current.types {
            #expect(Catalogue.current.type(named: type.name)?.name == type.name)
            #expect(Catalogue.current.type(named: type.name + ".v2") == nil)
            #expect(Catalogue.current.type(named: String(type.name.dropLast())) == nil)
        }
    }

    @Test("A role may do what lesser roles may, and an auditor nothing")
    func roles() throws {
        let admin = try #require(Catalogue.current.type(named: "agenda.revised")).writers
        let editor = try #require(Catalogue.current.type(named: "theme.opened")).writers
        let recorder = try #require(Catalogue.current.type(named: "project.started")).writers
        let signed = try #require(Catalogue.current.type(named: "device.signed")).writers
        #expect(Role.allCases.map(admin.allows) == [false, false, false, true])
        #expect(Role.allCases.map(editor.allows) == [false, false, true, true])
        #expect(Role.allCases.map(recorder.allows) == [false, true, true, true])
        #expect(Role.allCases.map(signed.allows) == [false, false, false, false])
        #expect(signed.subjectItself && !signed.server)
        #expect(try #require(Catalogue.current.type(named: "member.joined")).writers.server)
    }
}
