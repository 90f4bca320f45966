// The only importer of CZlib: raw deflate runs, inflating with limits, CRC-32 and its combination.
internal import CZlib

/// What went wrong with compressed bytes.
package struct DeflateError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Sendable { case truncated, corrupt, trailingBytes, tooLarge, ratioExceeded, unsupported }
    package var code: Code
    package var detail: String
    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }
    package var description: String { detail }
}

package struct CRC32: Hashable, Sendable {
    package var rawValue: UInt32
    package init(rawValue: UInt32 = 0) { self.rawValue = rawValue }
    package init(of bytes: UnsafeBufferPointer<UInt8>) { fatalError("skeleton") }
    /// The CRC of this content followed by other content.
    package func followed(by other: CRC32, length: Int) -> CRC32 { fatalError("skeleton") }
}

package enum Deflate {
    /// Raw deflate that ends in a full flush, without a final block: can be followed by another run.
    package static func run(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] { fatalError("skeleton") }
    /// Inflates a run made by `run` of known inflated length.
    package static func inflate(run: [UInt8], length: Int) throws(DeflateError) -> [UInt8] { fatalError("skeleton") }
}

/// Inflates gzip input (one or more members) piece by piece, under limits.
package struct GzipDecoder: ~Copyable {
    package init(maximumInflated: Int, maximumRatio: Int) { fatalError("skeleton") }
    /// Appends what the input inflates to.
    package mutating func decode(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) throws(DeflateError) {
        fatalError("skeleton")
    }
    /// Throws `truncated` unless the input ended exactly at the end of a member.
    package mutating func finish() throws(DeflateError) { fatalError("skeleton") }
}

/// Whole-body gzip for small answers and uploads.
package enum Gzip {
    package static func compress(_ bytes: [UInt8]) -> [UInt8] { fatalError("skeleton") }
}
