internal import EventLog
internal import HTTPTypes

/// What a request says of who sends it.
///
/// Made once for each request: the token is hashed here and nowhere else.
enum Credentials: Hashable, Sendable {
    /// There is no `Authorization` header.
    case none
    /// The SHA-256 of a bearer token.
    ///
    /// Tokens are looked up by their hash: the time that a look-up takes says nothing about tokens.
    case token(Hash)
    /// The `Authorization` header is not a bearer token (RFC 6750, section 2.1).
    case unreadable

    init(_ headers: HTTPFields) {
        guard let header = headers[.authorization] else {
            self = .none
            return
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].utf8.count <= Self.maximumTokenLength
        else {
            self = .unreadable
            return
        }
        var token = String(parts[1])
        self = .token(token.withUTF8 { Hash.sha256($0) })
    }

    /// In bytes.
    private static let maximumTokenLength = 512
}
