internal import AgendaModel
internal import EventLog
internal import EventLogTesting
internal import LogClient
internal import SyncClient

extension FuzzTarget {
    /// The answer to a pull: cut into members, opened, and taken by a replica.
    package static let members = FuzzTarget(
        name: "members",
        seeds: { MembersTarget.seeds },
        reshape: { input, random, mutate in
            guard var content = MembersTarget.content(of: input) else { return mutate(&input) }
            mutate(&content)
            input = MembersTarget.stream(of: content, random: &random)
        },
        check: { try MembersTarget.check($0) }
    )
}

enum MembersTarget {
    static let seeds: [[UInt8]] = {
        var random = SplitMix64(seed: 1)
        return [1, 5, 256, 257, 300].map { stream(of: entries($0), random: &random) }
    }()

    private static func entries(_ count: Int) -> [UInt8] {
        Array(
            (0..<count).map { #"{"id":"\#($0 + 1)","recordedtime":"2026-11-12T10:11:12.123Z"}"# + "\n" }.joined().utf8
        )
    }

    /// Lines as members, whole segments or parts of them.
    static func stream(of content: [UInt8], random: inout SplitMix64) -> [UInt8] {
        var lines = content.split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        if lines.last?.isEmpty ?? false { lines.removeLast() }
        var stream: [UInt8] = []
        var position = 0
        while !lines.isEmpty {
            let room = 256 - position % 256
            let count = min(lines.count, room, random.chance(0.3) ? Int.random(in: 1...room, using: &random) : room)
            // Now and then a header that says something else than its content.
            let said = random.chance(0.05) ? Int.random(in: 1...256, using: &random) : count
            let first = random.chance(0.05) ? Int.random(in: 0...1_000, using: &random) : position
            let block = Array(lines.prefix(count).joined(separator: [0x0A])) + [0x0A]
            stream += SegmentMember.bytes(of: block, count: said, from: Position(first))
            lines = lines.dropFirst(count)
            position += count
        }
        return stream
    }

    /// The content of all members; nil when the stream cannot be read.
    static func content(of stream: [UInt8]) -> [UInt8]? {
        guard let members = try? read([stream]).get(), !members.isEmpty else { return nil }
        return try? members.flatMap { try $0.entries() }
    }

    private struct Failed: Error {
        var members: [SegmentMemberReader.Member]
        var error: LogError
    }

    private static func read(_ pieces: [[UInt8]]) -> Result<[SegmentMemberReader.Member], Failed> {
        var reader = SegmentMemberReader()
        var members: [SegmentMemberReader.Member] = []
        for piece in pieces {
            do throws(LogError) {
                members += try piece.withUnsafeBufferPointer { bytes throws(LogError) in try reader.receive(bytes) }
            } catch {
                return .failure(Failed(members: members, error: error))
            }
        }
        return .success(members)
    }

    static func check(_ input: [UInt8]) throws {
        let whole = read([input])
        let members: [SegmentMemberReader.Member]
        switch (whole, read(input.cut())) {
        case (.success(let all), .success(let pieces)):
            try require(all.elementsEqual(pieces, by: isSame), "cut into pieces the members differ")
            try checkBytes(all, of: input)
            members = all
        case (.failure(let failed), .failure(let pieces)):
            try require(failed.error.code == pieces.error.code, "cut into pieces it fails differently: \(pieces.error)")
            members = pieces.members
        default: throw BrokenProperty(description: "only in pieces, or only in one, it can be read")
        }
        try receive(members)
    }

    private static func isSame(_ left: SegmentMemberReader.Member, _ right: SegmentMemberReader.Member) -> Bool {
        left.first == right.first && left.count == right.count && left.run == right.run && left.crc == right.crc
            && left.length == right.length
    }

    /// The members are written in the very bytes from which they were read, header and trailer included.
    private static func checkBytes(_ members: [SegmentMemberReader.Member], of input: [UInt8]) throws {
        var at = 0
        for member in members {
            let end = at + 32 + member.run.count + 10
            try require(end <= input.count && input[(at + 32)..<(end - 10)].elementsEqual(member.run), "a run's place")
            at = end
        }
        try require(input.count - at < SegmentMember.maximumLength, "more is held than one member")
    }

    private static func receive(_ members: [SegmentMemberReader.Member]) throws {
        let limit = LogSize(700)
        var receiver = PullReceiver(edge: TreeEdge(), tail: [])
        var entries: [UInt8] = []
        for member in members.prefix(20) {
            let before = (size: receiver.size, tail: receiver.tail)
            let content = try? member.entries()
            let segment: Segment?
            do {
                segment = try receiver.receive(member, limit: limit)
            } catch {
                try require(
                    receiver.size == before.size && receiver.tail == before.tail,
                    "a refused member left a trace"
                )
                let isNext = member.first == before.size.next && before.size + member.count <= limit
                let ends = content.map(endsAsEntries) ?? false
                try require(!isNext || !ends, "a member that can be opened was refused: \(error)")
                continue
            }
            guard let content else { throw BrokenProperty(description: "a member was taken that cannot be opened") }
            entries += content
            try require(receiver.size == before.size + member.count && receiver.size <= limit, "the receiver's size")
            if let segment { try check(segment, endOf: entries) }
        }
        var edge = TreeEdge()
        for line in entries.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            edge.append(leaf: Array(line).withUnsafeBufferPointer(Merkle.leaf))
        }
        try require(edge.size == receiver.size, "\(edge.size) lines were taken as \(receiver.size) entries")
    }

    private static func check(_ segment: Segment, endOf entries: [UInt8]) throws {
        let opened = try Segment.opening(
            number: segment.number,
            run: segment.run,
            crc: segment.crc,
            length: segment.length
        )
        try require(opened.segment == segment, "a segment is opened differently than it was made")
        try require(entries.suffix(opened.entries.count).elementsEqual(opened.entries), "a segment of other entries")
    }

    /// Whether every line ends in a recorded time, as far as it matters to a segment.
    private static func endsAsEntries(_ content: [UInt8]) -> Bool {
        content.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().allSatisfy { line in
            Array(line).withUnsafeBufferPointer { EntrySuffix.recordedTime(of: $0) != nil }
        }
    }
}
