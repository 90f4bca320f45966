internal import Deflate
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

/// The bytes of an answer, compressed when that is worth it and the client takes it.
///
/// It is made on the thread on which the bytes are: whoever waited for another one would hold them meanwhile.
struct CodedContent: Sendable {
    let bytes: [UInt8]
    /// How they are compressed.
    let coding: ContentCoding

    /// Compresses what is long enough; blocks for milliseconds where it is long.
    ///
    /// - Parameters:
    ///   - bytes: as they are before that.
    ///   - coding: what the client takes.
    init(_ bytes: [UInt8], _ coding: ContentCoding) {
        let isCompressed = coding == .gzip && bytes.count >= Self.threshold
        self.bytes = isCompressed ? Gzip.compress(bytes) : bytes
        self.coding = isCompressed ? .gzip : .identity
    }

    /// Shorter answers fit in one packet anyway.
    private static let threshold = 1400
}

extension Response {
    /// An answer in JSON.
    init(_ content: CodedContent, cache: CachePolicy = .revalidate) {
        self.init(json: content.bytes, cache: cache)
        headers[.vary] = "Authorization, Accept-Encoding"
        if content.coding == .gzip { headers[.contentEncoding] = ContentCoding.gzip.rawValue }
    }
}
