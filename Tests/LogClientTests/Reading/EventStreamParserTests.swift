import Testing

@testable import LogClient

struct EventStreamParserTests {
    private static let stream = """
        : ambit
        retry: 3120

        id: 41
        data: {"a":"é: b"}

        event: checkpoint
        data: example.org/agendas/assen
        data: 41
        data:
        data:  two spaces
        data
        unknown: field
        retry: soon

        id: 42
        data:{}

        event: nothing

        id: 43
        data: cut off
        """

    private static let items: [EventStreamParser.Item] = [
        .comment, .retry(3120), .event(.init(name: "", data: Array(#"{"a":"é: b"}"#.utf8), id: "41")),
        .event(
            .init(
                name: "checkpoint",
                data: Array("example.org/agendas/assen\n41\n\n two spaces\n".utf8),
                id: "41"
            )
        ),
        .event(.init(name: "", data: Array("{}".utf8), id: "42")),
    ]

    @Test(
        "A stream means the same wherever it is cut, and however its lines end",
        arguments: ["\n", "\r", "\r\n"],
        ["", "\u{FEFF}"]
    )
    func cuts(lineEnd: String, mark: String) throws {
        let lines = Self.stream.split(separator: "\n", omittingEmptySubsequences: false)
        let text = mark + lines.joined(separator: lineEnd)
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var parser = EventStreamParser()
            let items = try parser.receive(Array(bytes[..<cut])) + parser.receive(Array(bytes[cut...]))
            #expect(items == Self.items, "cut at \(cut)")
        }
        var parser = EventStreamParser()
        var items: [EventStreamParser.Item] = []
        for byte in bytes { items += try parser.receive([byte]) }
        #expect(items == Self.items)
    }

    @Test("Two blank lines dispatch once, and an event without data is none")
    func blank() throws {
        var parser = EventStreamParser()
        #expect(try parser.receive(Array("data: a\n\n\n\nevent: x\n\ndata\n\n".utf8)).count == 2)
    }

    @Test("Lines and events that do not end are refused, at exactly their limits")
    func limits() throws {
        let name = "data:".utf8.count
        var parser = EventStreamParser()
        let longest = [UInt8](repeating: 0x61, count: EventStreamParser.maximumLine - name)
        #expect(try parser.receive(Array("data:".utf8) + longest).isEmpty)
        #expect(throws: LogClientError.self) { try parser.receive([0x61]) }

        parser = EventStreamParser()
        let line = Array("data:".utf8) + longest + [0x0A]
        _ = try parser.receive(line)
        _ = try parser.receive(line)
        #expect(throws: LogClientError.self) { try parser.receive(line) }
    }
}
