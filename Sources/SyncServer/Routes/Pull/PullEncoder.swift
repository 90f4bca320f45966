internal import AgendaModel
internal import Deflate
internal import EventLog
internal import NIOCore
internal import SyncProtocol

/// Makes the bytes of a pull's answer, piece by piece.
struct PullEncoder: Sendable {
    private let store: any LogStore
    private let representation: PullPlan.Representation
    private var assembler = GzipStreamAssembler()
    /// The long segment that parts have been sent of.
    private var long: (number: Int, crc: CRC32)?

    init(_ representation: PullPlan.Representation, of store: any LogStore) {
        self.representation = representation
        self.store = store
    }

    /// Whether sealed segments are not sent as they are stored.
    var inflates: Bool { representation == .identity }

    /// What precedes the first piece.
    func start() -> ByteBuffer {
        representation == .gzip ? ByteBuffer(bytes: assembler.header()) : ByteBuffer()
    }

    /// The bytes of the next piece.
    ///
    /// Blocks.
    mutating func encode(_ piece: PullPlan.Piece) throws -> ByteBuffer {
        var bytes = ByteBuffer()
        switch (piece.source, representation) {
        case (.fresh(let range), .members):
            let entries = try store.entries(range)
            bytes.writeBytes(SegmentMember.bytes(of: entries, count: range.count, from: range.lowerBound))
        case (.fresh(let range), .gzip): bytes.writeBytes(assembler.fresh(try store.entries(range)))
        case (.fresh(let range), .identity): bytes.writeBytes(try store.entries(range))
        case (.sealed(let numbers), .members):
            let segments = try segments(numbers)
            bytes.reserveCapacity(minimumWritableBytes: segments.reduce(0) { $0 + $1.run.count + 64 })
            for segment in segments { bytes.writeBytes(SegmentMember.bytes(of: segment)) }
        case (.sealed(let numbers), .gzip):
            let segments = try segments(numbers)
            bytes.reserveCapacity(minimumWritableBytes: segments.reduce(0) { $0 + $1.run.count })
            for segment in segments { bytes.writeBytes(assembler.sealed(segment)) }
        case (.sealed(let numbers), .identity): bytes.writeBytes(try store.entries(Segment.positions(numbers)))
        case (.part(let number, let part, let length), _):
            bytes.writeBytes(try whole(number, for: part, length: length)[part])
        }
        return bytes
    }

    /// What follows the last piece.
    func finish() -> ByteBuffer {
        representation == .gzip ? ByteBuffer(bytes: assembler.trailer()) : ByteBuffer()
    }

    /// All that a sealed segment is sent as.
    ///
    /// It is read again for each part. A reader may take minutes from one part to the next, and many readers would hold
    /// many long segments.
    ///
    /// - Throws: when it is another one than before, because an entry of it was erased: parts of both fit nowhere.
    private mutating func whole(_ number: Int, for part: Range<Int>, length: Int) throws -> [UInt8] {
        let segment = try segments(number..<number + 1)[0]
        if part.lowerBound == 0 { long = (number, segment.crc) }
        let bytes =
            switch representation {
            case .identity: try segment.entries()
            case .members: SegmentMember.bytes(of: segment)
            case .gzip: part.lowerBound == 0 ? assembler.sealed(segment) : segment.run
            }
        guard bytes.count == length, let long, long == (number, segment.crc) else {
            throw LogError(
                .inputOutput,
                "an entry of segment \(number) was erased while it was being sent; ask for the entries again"
            )
        }
        return bytes
    }

    private func segments(_ numbers: Range<Int>) throws -> [Segment] {
        let segments = try store.segments(numbers)
        guard segments.count == numbers.count else {
            throw LogError(.corrupt, "segments \(numbers) are sealed, but only \(segments.count) of them can be read")
        }
        return segments
    }
}

extension PullPlan.Representation {
    init(_ form: PullForm, _ coding: ContentCoding) {
        self =
            switch (form, coding) {
            case (.members, _): .members
            case (.ndjson, .gzip): .gzip
            case (.ndjson, .identity): .identity
            }
    }
}
