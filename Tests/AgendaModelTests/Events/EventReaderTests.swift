import Testing

@testable import AgendaModel

@Suite("Reading and validating events")
struct EventReaderTests {
    @Test("A valid event is read, validated and its references found", arguments: ValidEvent.all)
    func valid(_ vector: ValidEvent) throws {
        var reader = EventReader()
        let line = Array(vector.line.utf8)
        let type = try line.withUnsafeBufferPointer { line in
            let attributes = try reader.read(line, as: .event)
            return try reader.validate(attributes, in: line)
        }
        #expect(Set(reader.references) == Set(vector.references))
        #expect(vector.line.contains("\"\(type.name)\""))
    }

    @Test("An invalid event gets its problem, which says where", arguments: InvalidEvent.all)
    func invalid(_ vector: InvalidEvent) throws {
        var reader = EventReader()
        let problem = #expect(throws: EventProblem.self) {
            try vector.bytes.withUnsafeBufferPointer { line in
                let attributes = try reader.read(line, as: .event)
                _ = try reader.validate(attributes, in: line)
            }
        }
        #expect(problem?.code.rawValue == vector.code)
        #expect(problem?.detail.contains(vector.mentions) == true, "\(problem?.detail ?? "")")
    }

    @Test("An event cut off anywhere is malformed")
    func cutOff() throws {
        var reader = EventReader()
        for vector in ValidEvent.all {
            let line = Array(vector.line.utf8)
            for count in 0..<line.count {
                let problem = #expect(throws: EventProblem.self) {
                    // A copy of its own, so that reading beyond the cut is caught by the sanitizer.
                    try Array(line[..<count]).withUnsafeBufferPointer { _ = try reader.read($0, as: .event) }
                }
                #expect(problem?.code == .malformedEvent)
            }
        }
    }

    @Test("An entry is its event with recordedtime as the last attribute")
    func entry() throws {
        var reader = EventReader()
        for vector in ValidEvent.all {
            let time = try #require(Timestamp("2026-11-12T10:11:12.123Z"))
            let line = Array(vector.line.dropLast().utf8) + Array(",\"recordedtime\":\"\(time)\"}".utf8)
            #expect(line.count == vector.line.utf8.count + EventLimits.recordedTimeBytes)
            let attributes = try line.withUnsafeBufferPointer { try reader.read($0, as: .entry) }
            #expect(attributes.recordedTime == time)
            #expect(throws: EventProblem.self) {
                try Array(vector.line.utf8).withUnsafeBufferPointer { _ = try reader.read($0, as: .entry) }
            }
        }
    }

    @Test(
        "The end of an entry has one form only",
        arguments: [
            #", "recordedtime":"2026-11-12T10:11:12.123Z"}"#, #","recordedtime":"2026-11-12T10:11:12.123Z" }"#,
            #","recordedtime":"2026-02-30T10:11:12.123Z"}"#, #","recordedtime":"2026-11-12T10:11:12Z"}"#,
            #"},"recordedtime":"2026-11-12T10:11:12.123Z"}"#, #",,"recordedtime":"2026-11-12T10:11:12.123Z"}"#,
            #","recordedtime":"2026-11-12T10:11:12.123Z","recordedtime":"2026-11-12T10:11:12.123Z"}"#,
        ]
    )
    func oddEnd(_ end: String) {
        var reader = EventReader()
        let entry = Array((ValidEvent.all[0].line.dropLast() + end).utf8)
        let problem = #expect(throws: EventProblem.self) {
            try entry.withUnsafeBufferPointer { _ = try reader.read($0, as: .entry) }
        }
        #expect(problem?.code == .malformedEvent)
    }

    @Test("An event of exactly the greatest size is read, as an entry too")
    func maximumSize() throws {
        var reader = EventReader()
        let empty = ValidEvent.all[0].line.replacing(#""realisation""#, with: #""""#)
        let filler = String(repeating: "x", count: EventLimits.eventBytes - empty.utf8.count)
        let line = empty.replacing(#":"""#, with: #":"\#(filler)""#)
        #expect(line.utf8.count == EventLimits.eventBytes)
        try Array(line.utf8).withUnsafeBufferPointer { _ = try reader.read($0, as: .event) }
        let entry = line.dropLast() + #","recordedtime":"2026-11-12T10:11:12.123Z"}"#
        try Array(entry.utf8).withUnsafeBufferPointer { _ = try reader.read($0, as: .entry) }
    }

    @Test(
        "A pointer has a limit, so that a long name is not written out for each of many members",
        arguments: [(1022, false), (1023, true)]
    )
    func longPointer(nameBytes: Int, isRefused: Bool) throws {
        var reader = EventReader()
        let name = String(repeating: "n", count: nameBytes)
        let data = [
            #"{"\#(name)n":1}"#, #"{"\#(name.dropLast())":{"a":1}}"#, #"{"\#(name.dropLast())":{"a":{}}}"#,
            #"{"\#(name.dropLast())\u00e9":1}"#, #"{"\#(name.dropLast())~":1}"#,
        ]
        for data in data {
            let line = Array(ValidEvent.all[0].line.replacing(#"{"phase":"realisation"}"#, with: data).utf8)
            try line.withUnsafeBufferPointer { line in
                guard isRefused else {
                    _ = try reader.read(line, as: .event)
                    return
                }
                let problem = #expect(throws: EventProblem.self) { _ = try reader.read(line, as: .event) }
                #expect(problem?.code == .malformedEvent)
                #expect(problem?.detail.contains("1024") == true)
            }
        }
    }

    @Test("Leaves have pointers and canonical values", arguments: ValueVector.all)
    func leaves(_ vector: ValueVector) throws {
        var reader = EventReader()
        let data = #"{"a/b":{"~":{"é":\#(vector.json)}},"x":{},"y":null}"#
        let line = Array(ValidEvent.all[0].line.replacing(#"{"phase":"realisation"}"#, with: data).utf8)
        try line.withUnsafeBufferPointer { line in
            _ = try reader.read(line, as: .event)
            var leaves: [String: String?] = [:]
            reader.forEachLeaf(in: line) { path, value in
                leaves[path] = .some(value.map { String(decoding: $0, as: UTF8.self) })
            }
            #expect(leaves == ["/a~1b/~0/é": vector.canonical, "/y": String?.none])
        }
    }

    @Test("Problems never show personal values")
    func personalValues() throws {
        var reader = EventReader()
        let line = try #require(ValidEvent.all.first { $0.name == "a note with its salt" }).line
        for odd in [#"{"Geheim":1}"#, #"["Geheim"]"#, #""Geheim\ud800""#, #""Geheim"#] {
            let bytes = Array(line.replacing(#""Gebeld.""#, with: odd).utf8)
            let problem = #expect(throws: EventProblem.self) {
                try bytes.withUnsafeBufferPointer { line in
                    let attributes = try reader.read(line, as: .event)
                    _ = try reader.validate(attributes, in: line)
                }
            }
            #expect(problem?.detail.contains("Geheim") == false || odd.hasPrefix("{"))
        }
    }
}
