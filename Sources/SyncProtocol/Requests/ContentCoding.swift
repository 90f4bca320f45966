/// How an answer's bytes may be wrapped.
package enum ContentCoding: String, Hashable, Sendable {
    case gzip
    case identity

    /// The coding to use for a request with this `Accept-Encoding`: gzip when it is accepted and not liked less than
    /// identity.
    ///
    /// A client that refuses both gets identity: an answer that it may still read is better than none.
    package static func negotiated(_ acceptEncoding: String?) -> ContentCoding {
        guard let acceptEncoding else { return .identity }
        let list = QualityList(acceptEncoding)
        let gzip = list.quality(of: "gzip", "x-gzip", "*") ?? 0
        guard gzip > 0 else { return .identity }
        // What the list does not name is acceptable as identity, but liked least (RFC 9110, section 12.5.3).
        let identity = list.quality(of: "identity", "*") ?? 0
        return gzip >= identity ? .gzip : .identity
    }
}
