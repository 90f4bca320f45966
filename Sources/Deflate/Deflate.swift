internal import CZlib

/// Raw deflate (RFC 1951) of whole blocks of bytes that are in memory.
package enum Deflate {
    // How hard zlib tries, for everything that is deflated once and then kept or sent. Segments of 256 events are long
    // rows of near repetitions: looking further for a better match pays, chains beyond 64 hardly do. Measured:
    // 30.6 bytes an event and 550,000 events a second, where plain level 6 has 31.6 bytes and 507,000 events. Level 9
    // has 29.1 bytes and takes three times as long.
    static let level: Int32 = 6
    static let memoryLevel: Int32 = 8
    static let goodLength: Int32 = 16
    static let maximumLazy: Int32 = 64
    static let niceLength: Int32 = 64
    static let maximumChain: Int32 = 64

    /// More bytes than this are not taken in one call, in either direction.
    package static let maximumLength = 1 << 30

    /// No run has fewer bytes: an empty stored block, its header on a byte of its own.
    package static let shortestRun = 5

    /// How every run ends: the empty stored block of a full flush.
    static let runEnd: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]

    /// Raw deflate that ends in a full flush, without a final block: can be followed by another run.
    package static func run(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        deflate(bytes, flush: Z_FULL_FLUSH)
    }

    /// Raw deflate that ends in a final block: nothing can follow it.
    package static func finalRun(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        deflate(bytes, flush: Z_FINISH)
    }

    private static func deflate(_ bytes: UnsafeBufferPointer<UInt8>, flush: Int32) -> [UInt8] {
        precondition(bytes.count <= maximumLength, "a block of more than \(maximumLength) bytes must be cut first")
        // What deflate can grow to at worst (stored blocks), plus the flush.
        let room = bytes.count + bytes.count >> 10 + 64
        return StreamPool.deflaters.withStream { stream in
            // Most runs are a tenth of their input: a result with the room of the worst case would waste memory.
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { scratch in
                guard let written = stream.deflate(bytes, into: scratch, flush: flush) else {
                    preconditionFailure("deflate needed more room than it promises")
                }
                return Array(scratch[..<written])
            }
        }
    }

    /// Inflates a run made by `run` of known inflated length.
    ///
    /// - Throws: `truncated`, `corrupt`, or `tooLarge` when it inflates to more than `length`.
    package static func inflate(run: [UInt8], length: Int) throws(DeflateError) -> [UInt8] {
        guard run.count <= maximumLength, (0...maximumLength).contains(length) else {
            throw DeflateError(
                .tooLarge,
                "a run of \(run.count) bytes for \(length) bytes is beyond what is read at once"
            )
        }
        guard run.suffix(runEnd.count).elementsEqual(runEnd) else {
            throw DeflateError(.truncated, "the run of \(run.count) bytes does not end in a full flush")
        }
        return try run.withUnsafeBufferPointer { run throws(DeflateError) in
            try inflate(run, length: length, checking: check)
        }
    }

    /// Inflates a whole raw deflate stream, which ends in a final block, of known inflated length.
    ///
    /// - Throws: `truncated`, `corrupt`, or `tooLarge` when it inflates to more than `length`.
    package static func inflate(stream: UnsafeBufferPointer<UInt8>, length: Int) throws(DeflateError) -> [UInt8] {
        guard stream.count <= maximumLength, (0...maximumLength).contains(length) else {
            throw DeflateError(
                .tooLarge,
                "a stream of \(stream.count) bytes for \(length) bytes is beyond what is read at once"
            )
        }
        return try inflate(stream, length: length) { outcome, length in
            if outcome.written > length {
                return DeflateError(
                    .tooLarge,
                    "the stream inflates to more than the \(length) bytes that it should hold"
                )
            }
            guard outcome.result == Z_STREAM_END else {
                let isCut = outcome.result == Z_OK || outcome.result == Z_BUF_ERROR
                return DeflateError(
                    isCut ? .truncated : .corrupt,
                    "the stream is no whole deflate stream (at inflated byte \(outcome.written))"
                )
            }
            guard outcome.written == length, outcome.left == 0 else {
                return DeflateError(.corrupt, "the stream inflates to \(outcome.written) bytes instead of \(length)")
            }
            return nil
        }
    }

    private static func inflate(
        _ bytes: UnsafeBufferPointer<UInt8>,
        length: Int,
        checking check: (RawStream.Inflated, _ length: Int) -> DeflateError?
    ) throws(DeflateError) -> [UInt8] {
        var failure: DeflateError?
        // One byte more than expected, to notice what is too long.
        let inflated = [UInt8](unsafeUninitializedCapacity: length + 1) { room, count in
            let room = UnsafeMutableBufferPointer(rebasing: room[..<(length + 1)])
            let outcome = StreamPool.inflaters.withStream { $0.inflate(bytes, into: room) }
            count = min(outcome.written, length)
            failure = check(outcome, length)
        }
        if let failure { throw failure }
        return inflated
    }

    /// Of a run.
    private static func check(_ outcome: RawStream.Inflated, _ length: Int) -> DeflateError? {
        if outcome.written > length {
            return DeflateError(.tooLarge, "the run inflates to more than the \(length) bytes that it should hold")
        }
        switch outcome.result {
        case Z_OK, Z_BUF_ERROR:
            guard outcome.left == 0, outcome.isAtBoundary else {
                return DeflateError(.corrupt, "the run does not end between two blocks")
            }
        case Z_STREAM_END:
            return DeflateError(.corrupt, "the run has a final block, so that nothing could follow it")
        default:
            return DeflateError(.corrupt, "the run is no valid deflate data (at inflated byte \(outcome.written))")
        }
        guard outcome.written == length else {
            return DeflateError(.truncated, "the run inflates to \(outcome.written) bytes instead of \(length)")
        }
        return nil
    }
}
