internal import Deflate
internal import SyncProtocol

extension FuzzTarget {
    /// A compressed body: whole, in pieces, and under limits.
    package static let gzip = FuzzTarget(
        name: "gzip",
        seeds: { GzipTarget.contents.map(Gzip.compress) + [GzipTarget.twoMembers, GzipTarget.withName] },
        reshape: { input, _, mutate in
            guard case .success(var content) = GzipTarget.decode([input], limit: 1 << 20) else { return mutate(&input) }
            mutate(&content)
            input = Gzip.compress(content)
        },
        check: { try GzipTarget.check($0) }
    )
}

enum GzipTarget {
    static let contents: [[UInt8]] = [
        [], Array("a".utf8), Array("Voorbeeld\n".utf8), Array(repeating: 0x61, count: 5_000), Array(0...255),
    ]
    static let twoMembers = Gzip.compress(contents[2]) + Gzip.compress(contents[3])
    /// With a name and a comment in its header (RFC 1952, section 2.3).
    static let withName =
        [0x1F, 0x8B, 8, 0x18, 0, 0, 0, 0, 0, 3, 0x61, 0, 0x62, 0] + Gzip.compress(contents[1]).dropFirst(10)

    static func decode(_ pieces: [[UInt8]], limit: Int) -> Result<[UInt8], DeflateError> {
        var output: [UInt8] = []
        var decoder = GzipDecoder(maximumInflated: limit, maximumRatio: 200)
        var failure: DeflateError?
        for piece in pieces {
            let result = piece.withUnsafeBufferPointer { bytes in
                Result { () throws(DeflateError) in try decoder.decode(bytes, into: &output) }
            }
            if case .failure(let error) = result {
                failure = error
                break
            }
        }
        precondition(output.count <= limit, "\(output.count) bytes came out under a limit of \(limit)")
        do throws(DeflateError) {
            try decoder.finish()
            return .success(output)
        } catch {
            precondition(failure == nil || failure == error, "the end of the input reports another error")
            return .failure(error)
        }
    }

    static func check(_ input: [UInt8]) throws {
        let large = decode([input], limit: 1 << 21)
        try require(isSame(large, decode(input.cut(), limit: 1 << 21)), "cut into pieces it is read differently")
        let limit = Int(input.fingerprint % 2_000)
        let small = decode([input], limit: limit)
        try require(isSame(small, decode(input.cut(), limit: limit)), "under a limit, pieces are read differently")
        switch (large, small) {
        case (.success(let content), .success): try require(isSame(large, small) && content.count <= limit, "the limit")
        case (.success(let content), .failure(let error)):
            try require(content.count > limit && error.code == .tooLarge, "a limit of \(limit) is not kept: \(error)")
        case (.failure(let error), .success): throw BrokenProperty(description: "only refused without limit: \(error)")
        case (.failure(let error), .failure(let other)):
            try require(other.code == .tooLarge || other.code == error.code, "\(other) instead of \(error)")
        }
        if case .success(let content) = large { try checkTrailer(input, content) }
        try checkBody(input, limit)
        try checkRuns(input)
        let again = decode([Gzip.compress(input), Gzip.compress(input)], limit: 1 << 21)
        try require(isSame(again, .success(input + input)), "what was compressed here is not read here")
    }

    private static func isSame(
        _ left: Result<[UInt8], DeflateError>,
        _ right: Result<[UInt8], DeflateError>
    ) -> Bool {
        switch (left, right) {
        case (.success(let left), .success(let right)): left == right
        case (.failure(let left), .failure(let right)): left.code == right.code
        default: false
        }
    }

    /// The last member's length and CRC-32, computed here anew, are those of the end of the content.
    private static func checkTrailer(_ input: [UInt8], _ content: [UInt8]) throws {
        let trailer = input.suffix(8).map(UInt32.init)
        func number(_ start: Int) -> UInt32 { (0..<4).reduce(0) { $0 | trailer[start + $1] << (8 * UInt32($1)) } }
        let length = Int(number(4))
        try require(length <= content.count, "the last member says it has \(length) bytes of \(content.count)")
        var crc = UInt32.max
        for byte in content.suffix(length) {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        try require(~crc == number(0), "content is accepted that has another CRC-32 than the trailer says")
    }

    private static func checkBody(_ input: [UInt8], _ limit: Int) throws {
        var limits = Limits.standard
        limits.pushInflatedBytes = limit
        let content = try? input.withUnsafeBufferPointer { try BodyContent.inflate($0, limits: limits) }
        let expected = try? decode([input], limit: limit).get()
        try require(content == expected, "a whole body is read differently")
    }

    /// The input as a raw run, with the end that every run has.
    private static func checkRuns(_ input: [UInt8]) throws {
        let run = input.withUnsafeBufferPointer(Deflate.run)
        try require(try Deflate.inflate(run: run, length: input.count) == input, "a run does not come back")
        for length in [0, input.count, input.count * 3] {
            guard let content = try? Deflate.inflate(run: input + [0, 0, 0xFF, 0xFF], length: length) else { continue }
            try require(content.count == length, "a run of \(length) bytes gave \(content.count)")
        }
    }
}
