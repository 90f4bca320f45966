import AgendaModel
import Testing

@testable import Projections

@Suite("Documents that cannot be read")
struct UnreadableDocumentTests {
    @Test("What is left of a document for the public is never nothing because the document cannot be read")
    func personal() throws {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 64 << 20)
        let long = Array(#"{"title":""#.utf8) + text + Array(#""}"#.utf8)
        for document in [long, Array(#"{"title":"#.utf8), []] {
            let error = #expect(throws: ProjectionError.self) {
                try PersonalFields.Treatment.leftOut.apply(to: document, of: "project/aaaaaa-1")
            }
            #expect(error?.code == .inputOutput)
        }
        let left = try PersonalFields.Treatment.leftOut.apply(to: Array(#"{"title":"P"}"#.utf8), of: "project/aaaaaa-1")
        #expect(left == Array(#"{"title":"P"}"#.utf8))
    }

    @Test("A value that cannot be read is neither hidden nor left out of what was measured", arguments: ["{", ""])
    func values(text: String) {
        func register(_ path: String, _ value: String) -> Register {
            let head = Head(
                position: Position(1),
                source: EventSource(unchecked: "device/aaaaaa"),
                counter: Counter(1),
                time: Timestamp(millisecondsSince1970: 0),
                value: Array(value.utf8)
            )
            return Register(path: path, heads: [head])
        }
        #expect(throws: ProjectionError.self) {
            try PersonalFields.Treatment.leftOut.shows(register("/lead", text), of: "project/aaaaaa-1")
        }
        #expect(throws: ProjectionError.self) {
            try Measurement("measurement/aaaaaa-1", [register("/indicator", "\"i\""), register("/value", text)])
        }
    }
}
