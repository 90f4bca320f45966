internal import CZlib

/// A zlib stream that deflates or inflates raw runs.
///
/// Not shared: whoever took it from the pool is its only user.
final class RawStream {
    enum Direction { case deflate, inflate }

    /// What became of inflating; see `inflate`.
    typealias Inflated = (written: Int, left: Int, result: Int32, isAtBoundary: Bool)

    // zlib's state points back at its z_stream, so that must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let direction: Direction

    init(_ direction: Direction) {
        self.direction = direction
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        let result =
            switch direction {
            case .deflate:
                deflateInit2_(
                    stream,
                    Deflate.level,
                    Z_DEFLATED,
                    -MAX_WBITS,
                    Deflate.memoryLevel,
                    Z_DEFAULT_STRATEGY,
                    ZLIB_VERSION,
                    size
                )
            case .inflate:
                inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, size)
            }
        // The parameters are constants, so only a lack of memory or another zlib than the one built with can fail.
        precondition(result == Z_OK, "zlib cannot start a stream: out of memory, or not the zlib that was built with")
    }

    deinit {
        switch direction {
        case .deflate: deflateEnd(stream)
        case .inflate: inflateEnd(stream)
        }
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Deflates everything into the room and gives the number of bytes written; nil when the room is too small.
    func deflate(
        _ input: UnsafeBufferPointer<UInt8>,
        into room: UnsafeMutableBufferPointer<UInt8>,
        flush: Int32
    ) -> Int? {
        deflateReset(stream)
        // A reset goes back to the level's own values.
        deflateTune(
            stream,
            Deflate.goodLength,
            Deflate.maximumLazy,
            Deflate.niceLength,
            Deflate.maximumChain
        )
        attach(input, room)
        let result = CZlib.deflate(stream, flush)
        let written = room.count - Int(stream.pointee.avail_out)
        let isComplete = flush == Z_FINISH ? result == Z_STREAM_END : result == Z_OK && stream.pointee.avail_out > 0
        return isComplete && stream.pointee.avail_in == 0 ? written : nil
    }

    /// Inflates everything into the room.
    ///
    /// - Returns: how many bytes were written, how many of the input were left, and zlib's result. `isAtBoundary` says
    ///   that the input ended with a whole block on a byte boundary, so that another run may follow.
    func inflate(
        _ input: UnsafeBufferPointer<UInt8>,
        into room: UnsafeMutableBufferPointer<UInt8>
    ) -> Inflated {
        inflateReset(stream)
        attach(input, room)
        let result = CZlib.inflate(stream, Z_SYNC_FLUSH)
        let state = stream.pointee.data_type
        return (
            room.count - Int(stream.pointee.avail_out), Int(stream.pointee.avail_in), result,
            state & 128 != 0 && state & 127 == 0
        )
    }

    private func attach(_ input: UnsafeBufferPointer<UInt8>, _ room: UnsafeMutableBufferPointer<UInt8>) {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = room.baseAddress
        stream.pointee.avail_out = UInt32(room.count)
    }
}
