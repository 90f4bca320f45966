internal import AgendaModel
internal import EventLog
internal import NIOCore
internal import SyncProtocol

/// Makes the bytes of a pull's answer, piece by piece.
struct PullEncoder: Sendable {
    /// What is sent.
    enum Representation: String, Sendable {
        case members = "m"
        case gzip = "g"
        case identity = "i"

        init(_ form: PullForm, _ coding: ContentCoding) {
            self =
                switch (form, coding) {
                case (.members, _): .members
                case (.ndjson, .gzip): .gzip
                case (.ndjson, .identity): .identity
                }
        }
    }

    private let store: any LogStore
    private let representation: Representation
    private var assembler = GzipStreamAssembler()
    private var isStarted = false

    init(_ representation: Representation, of store: any LogStore) {
        self.representation = representation
        self.store = store
    }

    /// The bytes of the next piece.
    ///
    /// Blocks.
    mutating func encode(_ piece: PullPlan.Piece) throws -> ByteBuffer {
        var bytes = ByteBuffer()
        if representation == .gzip, !isStarted { bytes.writeBytes(assembler.header()) }
        isStarted = true
        switch (piece, representation) {
        case (.fresh(let range), .members):
            let entries = try entries(range)
            bytes.writeBytes(SegmentMember.bytes(of: entries, count: range.count, from: Position(range.lowerBound)))
        case (.fresh(let range), .gzip): bytes.writeBytes(assembler.fresh(try entries(range)))
        case (.fresh(let range), .identity): bytes.writeBytes(try entries(range))
        case (.sealed(let numbers), .members):
            let segments = try segments(numbers)
            bytes.reserveCapacity(minimumWritableBytes: segments.reduce(0) { $0 + $1.run.count + 64 })
            for segment in segments { bytes.writeBytes(SegmentMember.bytes(of: segment)) }
        case (.sealed(let numbers), .gzip):
            let segments = try segments(numbers)
            bytes.reserveCapacity(minimumWritableBytes: segments.reduce(0) { $0 + $1.run.count })
            for segment in segments { bytes.writeBytes(assembler.sealed(segment)) }
        case (.sealed(let numbers), .identity):
            bytes.writeBytes(
                try entries(numbers.lowerBound * Segment.entryCount..<numbers.upperBound * Segment.entryCount)
            )
        }
        return bytes
    }

    /// What follows the last piece; empty when nothing does.
    func finish() -> ByteBuffer {
        representation == .gzip && isStarted ? ByteBuffer(bytes: assembler.trailer()) : ByteBuffer()
    }

    private func entries(_ range: Range<Int>) throws -> [UInt8] {
        try store.entries(Position(range.lowerBound)..<Position(range.upperBound))
    }

    private func segments(_ numbers: Range<Int>) throws -> [Segment] {
        let segments = try store.segments(numbers)
        guard segments.count == numbers.count else {
            throw LogError(.corrupt, "segments \(numbers) are sealed, but only \(segments.count) of them can be read")
        }
        return segments
    }
}
