/// What went wrong with compressed bytes.
package struct DeflateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sort of fault, for programs to act on.
    package enum Code: Sendable {
        /// The input ended before the compressed data did.
        case truncated
        /// The input breaks the rules of deflate or gzip, or its check value does not hold.
        case corrupt
        /// Something that is not gzip follows a complete gzip member.
        case trailingBytes
        /// More inflated bytes than the limit.
        case tooLarge
        /// More inflated bytes per compressed byte than the limit.
        case ratioExceeded
        /// A form of compressed data that zlib does not read.
        case unsupported
    }

    package var code: Code
    /// One sentence: what was found, where in the input, what is allowed.
    package var detail: String

    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    package var description: String { detail }
}
