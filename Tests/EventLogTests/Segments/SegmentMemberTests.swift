import AgendaModel
import Deflate
import EventLogTesting
import Testing

@testable import EventLog

@Suite("Segment members")
struct SegmentMemberTests {
    struct File: Decodable {
        struct Member: Decodable {
            var first, count, size: Int
            var crc: UInt32
            var root: String
        }
        var stream: String
        var members: [Member]
    }

    private func read(_ stream: [UInt8], pieces: Int) throws -> (members: [SegmentMemberReader.Member], atEnd: Bool) {
        var reader = SegmentMemberReader()
        var members: [SegmentMemberReader.Member] = []
        for start in stride(from: 0, to: stream.count, by: pieces) {
            members += try Array(stream[start..<min(start + pieces, stream.count)]).lend { try reader.receive($0) }
        }
        return (members, reader.isAtMemberBoundary)
    }

    @Test("The stream of the vectors is cut as it says, in pieces of any size", arguments: [1, 3, 31, 33, 100, 5_000])
    func vector(pieces: Int) throws {
        let file = try Vectors.read("gzip/members.json", as: File.self)
        let stream = try #require(Base64.decode(file.stream))
        let (members, atEnd) = try read(stream, pieces: pieces)
        #expect(atEnd)
        #expect(members.map(\.first.rawValue) == file.members.map(\.first))
        #expect(members.map(\.count) == file.members.map(\.count))
        for (member, expected) in zip(members, file.members) {
            #expect(member.crc.rawValue == expected.crc)
            var leaves: [Hash] = []
            try member.entries().lend { _ = Merkle.forEachLeaf(of: $0) { leaf, _ in leaves.append(leaf) } }
            #expect(Merkle.root(reducing: &leaves).description == expected.root)
        }
    }

    @Test("A segment's run comes out of its member as it went in")
    func roundTrip() throws {
        let segment = try SegmentTests.segment(2)
        let tail = SegmentTests.entries(768..<770)
        let stream =
            SegmentMember.bytes(of: segment) + SegmentMember.bytes(of: tail, count: 2, from: Position(768))
        let members = try read(stream, pieces: 1000).members
        #expect(members.count == 2)
        #expect(members[0].run == segment.run)
        #expect(members[0].first == Position(512))
        #expect(try members[1].entries() == tail)
        let (opened, _) = try Segment.opening(
            number: 2,
            run: members[0].run,
            crc: members[0].crc,
            length: members[0].length
        )
        #expect(opened == segment)
    }

    @Test("A stream that ends inside a member is not at a boundary")
    func cutOff() throws {
        let stream = SegmentMember.bytes(of: SegmentTests.entries(0..<3), count: 3, from: Position(0))
        for length in 1..<stream.count {
            let (members, atEnd) = try read(Array(stream.prefix(length)), pieces: 50)
            #expect(members.isEmpty && !atEnd, "cut after \(length) bytes")
        }
        #expect(try read(stream, pieces: 50).atEnd)
    }

    @Test("What is no segment member is refused at its first wrong byte")
    func foreign() throws {
        for text in ["<html>", "\u{1F}x", "{\"id\":1}\n"] {
            #expect(throws: LogError.self) { try read(Array(text.utf8), pieces: 1) }
        }
        #expect(throws: LogError.self) { try read(Gzip.compress(SegmentTests.entries(0..<3)), pieces: 100) }
        var reader = SegmentMemberReader()
        #expect(throws: LogError.self) { try [1].lend { try reader.receive($0) } }
        #expect(throws: LogError.self) { try Gzip.header.lend { try reader.receive($0) } }
        #expect(!reader.isAtMemberBoundary)
    }

    @Test(
        "A header that says too much or too little is refused before anything is held",
        arguments: [(16, 0xFF), (16, 0), (17, 0xFF), (18, 0x7F), (19, 0x80), (27, 0x80), (28, 0), (29, 1), (20, 255)]
    )
    func hostileHeader(offset: Int, value: Int) throws {
        var member = SegmentMember.bytes(of: SegmentTests.entries(0..<3), count: 3, from: Position(0))
        member[offset] = UInt8(value)
        // Followed by more, so that a wrong size does not just wait.
        let stream = member + [UInt8](repeating: 0, count: 1 << 10)
        var reader = SegmentMemberReader()
        var members: [SegmentMemberReader.Member] = []
        do {
            members = try stream.lend { try reader.receive($0) }
            #expect(members.isEmpty && !reader.isAtMemberBoundary)
        } catch {
            #expect(error is LogError)
        }
    }

    @Test("No member makes the reader hold more than the limit")
    func limit() {
        var header = Array(SegmentMember.bytes(of: SegmentTests.entries(0..<1), count: 1, from: Position(0)).prefix(32))
        let size = UInt32(SegmentMember.maximumLength + 1)
        for byte in 0..<4 { header[16 + byte] = UInt8(truncatingIfNeeded: size >> (8 * byte)) }
        var reader = SegmentMemberReader()
        #expect(throws: LogError.self) { try header.lend { try reader.receive($0) } }
    }

    @Test("A member whose content is not what its header says is refused when it is opened", arguments: 0..<100)
    func damage(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let content = SegmentTests.entries(0..<20)
        var stream = SegmentMember.bytes(of: content, count: 20, from: Position(0))
        stream[Int.random(in: 32..<stream.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
        #expect(throws: LogError.self, "seed \(seed)") {
            for member in try read(stream, pieces: 64).members { _ = try member.entries() }
        }
    }

    @Test("A member with another number of lines than it says is refused")
    func wrongCount() throws {
        let stream = SegmentMember.bytes(of: SegmentTests.entries(0..<5), count: 4, from: Position(0))
        let member = try #require(try read(stream, pieces: 100).members.first)
        #expect(throws: LogError.self) { try member.entries() }
    }
}
