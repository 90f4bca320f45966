import AgendaModel
import Deflate
import Foundation
import Testing

@testable import EventLog

@Suite("Segments")
struct SegmentTests {
    /// Entries from this position on, each with its newline.
    static func entries(_ range: Range<Int>) -> [UInt8] {
        range.flatMap { position in
            let time = Timestamp(millisecondsSince1970: 1_800_000_000_000 + position)
            return Array(#"{"id":"\#(position + 1)","data":{"n":\#(position)}"#.utf8) + EntrySuffix.bytes(time) + [10]
        }
    }

    static func segment(_ number: Int) throws -> Segment {
        try entries(number * 256..<(number + 1) * 256).lend { try Segment(number: number, sealing: $0) }
    }

    @Test("A sealed segment gives its entries back and knows their root and times")
    func sealing() throws {
        let content = Self.entries(256..<512)
        let segment = try content.lend { try Segment(number: 1, sealing: $0) }
        #expect(try segment.entries() == content)
        var leaves: [Hash] = []
        content.lend { _ = Merkle.forEachLeaf(of: $0) { leaf, _ in leaves.append(leaf) } }
        #expect(segment.root == Merkle.root(reducing: &leaves))
        #expect(segment.firstRecorded.millisecondsSince1970 == 1_800_000_000_256)
        #expect(segment.lastRecorded.millisecondsSince1970 == 1_800_000_000_511)
        let known = try content.lend { try Segment(number: 1, sealing: $0, root: segment.root) }
        #expect(known == segment)
        let opened = try Segment.opening(number: 1, run: segment.run, crc: segment.crc, length: segment.length)
        #expect(opened.segment == segment)
        #expect(opened.entries == content)
    }

    @Test("Only 256 whole entries make a segment", arguments: [0, 1, 255, 257, 512])
    func wrongCount(count: Int) {
        let content = Self.entries(0..<count)
        #expect(throws: LogError.self) { try content.lend { try Segment(number: 0, sealing: $0) } }
        let run = content.lend { Deflate.run($0) }
        let crc = content.lend { CRC32(of: $0) }
        #expect(throws: LogError.self) {
            try Segment.opening(number: 0, run: run, crc: crc, length: content.count)
        }
    }

    @Test("Entries without their last newline, or without a recorded time, make no segment")
    func wrongEnds() {
        let content = Self.entries(0..<256)
        #expect(throws: LogError.self) {
            try Array(content.dropLast()).lend { try Segment(number: 0, sealing: $0) }
        }
        let bare = (0..<256).flatMap { Array("{\"id\":\"\($0)\"}\n".utf8) }
        #expect(throws: LogError.self) { try bare.lend { try Segment(number: 0, sealing: $0) } }
    }

    @Test("A flipped bit anywhere in a stored segment is noticed")
    func flips() throws {
        let segment = try Self.segment(0)
        for index in stride(from: 0, to: segment.run.count, by: 7) {
            var damaged = segment
            damaged.run[index] ^= 1 << (index % 8)
            #expect(throws: LogError.self, "byte \(index)") { try damaged.entries() }
        }
        var damaged = segment
        damaged.crc.rawValue ^= 1
        #expect(throws: LogError.self) { try damaged.entries() }
        damaged = segment
        damaged.length = .max
        #expect(throws: LogError.self) { try damaged.entries() }
    }

    @Test("An entry's suffix goes on and off")
    func suffix() throws {
        let time = Timestamp(millisecondsSince1970: 1_794_478_272_123)
        let event = Array(#"{"id":"1","data":{}}"#.utf8)
        let entry = Array(event.dropLast()) + EntrySuffix.bytes(time)
        #expect(EntrySuffix.bytes(time).count == EntrySuffix.length)
        #expect(entry.count == event.count + EntrySuffix.growth)
        entry.lend { entry in
            #expect(EntrySuffix.event(of: entry) == event)
            #expect(EntrySuffix.recordedTime(of: entry) == time)
            event.lend { #expect(EntrySuffix.isEntry(entry, of: $0)) }
            Array(#"{"id":"2","data":{}}"#.utf8).lend { #expect(!EntrySuffix.isEntry(entry, of: $0)) }
        }
        event.lend { #expect(EntrySuffix.recordedTime(of: $0) == nil) }
    }
}

@Suite("Gzip streams put together from segments")
struct GzipStreamAssemblerTests {
    private func stream() throws -> (gzip: [UInt8], content: [UInt8]) {
        var assembler = GzipStreamAssembler()
        var gzip = assembler.header()
        gzip += assembler.fresh(SegmentTests.entries(200..<256))
        for number in 1...3 { gzip += assembler.sealed(try SegmentTests.segment(number)) }
        gzip += assembler.fresh([])
        gzip += assembler.fresh(SegmentTests.entries(1024..<1030))
        return (gzip + assembler.trailer(), SegmentTests.entries(200..<1030))
    }

    @Test("Fresh and sealed runs inflate to all entries in order")
    func assembling() throws {
        let (gzip, content) = try stream()
        #expect(try inflate(gzip) == content)
    }

    @Test("A stream of nothing is gzip too")
    func empty() throws {
        let assembler = GzipStreamAssembler()
        #expect(try inflate(assembler.header() + assembler.trailer()) == [])
    }

    @Test("gzip itself reads it", .enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/gzip")))
    func system() throws {
        let (gzip, content) = try stream()
        #expect(try gunzip(gzip) == content)
        let members =
            SegmentMember.bytes(of: try SegmentTests.segment(0))
            + SegmentMember.bytes(of: SegmentTests.entries(256..<300), count: 44, from: Position(256))
        #expect(try gunzip(members) == SegmentTests.entries(0..<300))
    }

    private func inflate(_ gzip: [UInt8]) throws -> [UInt8] {
        var decoder = GzipDecoder(maximumInflated: 1 << 24, maximumRatio: 200)
        var output: [UInt8] = []
        try gzip.lend { piece throws(DeflateError) in try decoder.decode(piece, into: &output) }
        try decoder.finish()
        return output
    }

    private func gunzip(_ gzip: [UInt8]) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        try Data(gzip).write(to: URL(filePath: folder.path("stream.gz")))
        let process = Process()
        process.executableURL = URL(filePath: "/bin/gzip")
        process.arguments = ["-dc", folder.path("stream.gz")]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let content = Array(output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return content
    }
}
