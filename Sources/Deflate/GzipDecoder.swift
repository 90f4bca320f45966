internal import CZlib

/// Inflates gzip input (one or more members, RFC 1952) piece by piece, under limits on what comes out.
package struct GzipDecoder: ~Copyable {
    /// Below this many inflated bytes the ratio is not looked at: short inputs of repeated text are harmless.
    package static let ratioFloor = 1 << 20

    private static let bufferSize = 64 * 1024

    private let stream: UnsafeMutablePointer<z_stream>
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private let maximumInflated: Int
    private let maximumRatio: Int
    private var taken = 0
    private var inflated = 0
    private var completeMembers = 0
    /// Whether the input so far ends inside a member.
    private var isInMember = false
    /// How many of the first bytes of this member's header have been looked at.
    private var checkedHeader = 0
    private var failure: DeflateError?

    /// - Parameters:
    ///   - maximumInflated: bytes that may come out in all, over all members.
    ///   - maximumRatio: inflated bytes per byte of input, looked at above `ratioFloor` inflated bytes.
    package init(maximumInflated: Int, maximumRatio: Int) {
        self.maximumInflated = maximumInflated
        self.maximumRatio = maximumRatio
        buffer = .allocate(capacity: Self.bufferSize)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        // 16: gzip headers and trailers only, neither zlib's nor raw.
        let result = inflateInit2_(stream, 16 + MAX_WBITS, ZLIB_VERSION, size)
        precondition(result == Z_OK, "zlib cannot start a stream: out of memory, or not the zlib that was built with")
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
        buffer.deallocate()
    }

    /// Appends what the input inflates to.
    ///
    /// After an error the decoder only repeats that error.
    ///
    /// - Throws: `corrupt`, `trailingBytes`, `tooLarge`, `ratioExceeded`, `unsupported`.
    package mutating func decode(
        _ input: UnsafeBufferPointer<UInt8>,
        into output: inout [UInt8]
    ) throws(DeflateError) {
        if let failure { throw failure }
        var rest = input[...]
        while !rest.isEmpty {
            let piece = UnsafeBufferPointer(rebasing: rest.prefix(1 << 30))
            do {
                try decodePiece(piece, into: &output)
            } catch {
                failure = error
                throw error
            }
            rest = rest.dropFirst(piece.count)
        }
    }

    private mutating func decodePiece(
        _ input: UnsafeBufferPointer<UInt8>,
        into output: inout [UInt8]
    ) throws(DeflateError) {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        while true {
            if !isInMember {
                guard stream.pointee.avail_in > 0 else { return }
                isInMember = true
                checkedHeader = 0
            }
            try checkHeader()
            let before = Int(stream.pointee.avail_in)
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(buffer.count)
            let result = inflate(stream, Z_NO_FLUSH)
            taken += before - Int(stream.pointee.avail_in)
            let written = buffer.count - Int(stream.pointee.avail_out)
            try count(written)
            output.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<written]))
            switch result {
            case Z_STREAM_END:
                completeMembers += 1
                isInMember = false
                inflateReset(stream)
            case Z_OK, Z_BUF_ERROR:
                // Room left over: zlib has used all input.
                if stream.pointee.avail_out > 0 { return }
            default:
                throw fault(result)
            }
        }
    }

    /// Looks at the magic bytes, the method and the flags (RFC 1952, section 2.3.1), as far as they have come.
    ///
    /// zlib refuses the same headers, and tells them apart by its messages only.
    private mutating func checkHeader() throws(DeflateError) {
        guard let next = stream.pointee.next_in else { return }
        let first = checkedHeader
        while checkedHeader < 4, checkedHeader - first < Int(stream.pointee.avail_in) {
            let byte = next[checkedHeader - first]
            switch checkedHeader {
            case 0 where byte != 0x1F, 1 where byte != 0x8B: throw notGzip()
            case 2 where byte != 8:
                throw DeflateError(.unsupported, "a gzip header with the compression method \(byte); only 8 is read")
            case 3 where byte & 0xE0 != 0:
                throw DeflateError(.unsupported, "a gzip header with flags that are not known, in byte \(byte)")
            default: checkedHeader += 1
            }
        }
    }

    private mutating func count(_ written: Int) throws(DeflateError) {
        inflated += written
        guard inflated <= maximumInflated else {
            throw DeflateError(.tooLarge, "inflates to more than the \(maximumInflated) bytes allowed")
        }
        guard inflated <= Self.ratioFloor || inflated / maximumRatio <= taken else {
            throw DeflateError(
                .ratioExceeded,
                "\(taken) bytes inflate to more than \(maximumRatio) times as much; send it in smaller parts or as it is"
            )
        }
    }

    private func notGzip() -> DeflateError {
        completeMembers > 0
            ? DeflateError(.trailingBytes, "bytes that are not gzip follow the compressed data, at byte \(taken)")
            : DeflateError(.corrupt, "not gzip: it does not begin with 1f 8b")
    }

    private func fault(_ result: Int32) -> DeflateError {
        let words = stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(result)"
        return DeflateError(.corrupt, "not valid gzip data: \(words), near byte \(taken)")
    }

    /// Says that the input is complete.
    ///
    /// - Throws: `truncated` unless the input ended exactly at the end of a member; again what `decode` threw.
    package mutating func finish() throws(DeflateError) {
        if let failure { throw failure }
        guard completeMembers > 0, !isInMember else {
            let error = DeflateError(.truncated, "the gzip data ends too early, after \(taken) bytes")
            failure = error
            throw error
        }
    }
}

// The only owner of its zlib stream and buffer: it cannot be copied, so it moves between threads as a whole.
extension GzipDecoder: @unchecked Sendable {}
