package import Deflate

/// The content of a body that has arrived whole.
package enum BodyContent {
    /// Inflates a gzip body under the limits for pushes.
    ///
    /// - Throws: `too-large` when a limit is exceeded, `bad-request` when the bytes are not exactly gzip.
    package static func inflate(
        _ body: UnsafeBufferPointer<UInt8>,
        limits: Limits = .standard
    ) throws(ProblemDetails) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(min(limits.pushInflatedBytes, body.count * 12))
        do throws(DeflateError) {
            var decoder = GzipDecoder(
                maximumInflated: limits.pushInflatedBytes,
                maximumRatio: limits.inflateRatio
            )
            try decoder.decode(body, into: &content)
            try decoder.finish()
        } catch {
            throw ProblemDetails(error, limits: limits)
        }
        return content
    }
}

extension ProblemDetails {
    /// What is wrong with a compressed body.
    package init(_ error: DeflateError, limits: Limits = .standard) {
        switch error.code {
        case .truncated:
            self.init(.badRequest, "The gzip body stops before its end.")
        case .trailingBytes:
            self.init(.badRequest, "The gzip body is followed by bytes that do not belong to it.")
        case .corrupt:
            self.init(.badRequest, "The body is damaged or is not gzip.")
        case .unsupported:
            self.init(.badRequest, "The body uses a feature of gzip that is not supported.")
        case .tooLarge:
            self.init(.tooLarge, "The body inflates to more than \(limits.pushInflatedBytes) bytes.")
        case .ratioExceeded:
            self.init(.tooLarge, "The body inflates to more than \(limits.inflateRatio) times its length.")
        }
    }
}
