import AgendaModel
import Testing

/// What other programs do with a log's entries, as the documentation of `AgendaModel` shows it.
@Suite("The examples of the documentation of AgendaModel")
struct ExampleTests {
    @Test("Entries are folded into documents")
    func folding() throws {
        let entry =
            #"{"specversion":"1.0","id":"1","source":"device/aaaaaa","type":"theme.opened","subject":"theme/aaaaaa-1","#
            + #""time":"2026-11-12T10:11:12.123Z","basis":0,"data":{"title":"Wonen"},"#
            + #""recordedtime":"2026-11-12T10:11:13.123Z"}"#
        let state = try fold(Array((entry + "\n").utf8))
        #expect(state.size == LogSize(1))
        let document = try #require(state.document(of: "theme/aaaaaa-1"))
        #expect(String(decoding: document, as: UTF8.self) == #"{"title":"Wonen"}"#)
    }

    private func fold(_ entries: [UInt8]) throws -> State {
        var state = State()
        try entries.withUnsafeBufferPointer { try state.fold(block: $0) }
        for subject in state.subjects {
            let document = state.document(of: subject) ?? []
            print(subject, String(decoding: document, as: UTF8.self))
        }
        return state
    }
}
