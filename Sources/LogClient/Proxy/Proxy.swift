internal import SyncProtocol

/// A forward proxy, as an environment variable names it: `[scheme://][user[:password]@]host[:port]`.
struct Proxy: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case http, socks }

    /// Never to be shown.
    struct Credentials: Hashable, Sendable {
        var user: String
        var password: String
    }

    let kind: Kind
    let host: String
    let port: Int
    let credentials: Credentials?

    /// What it is called in errors, without its credentials.
    var name: String { "\(host):\(port)" }

    /// curl's, where no port is given.
    private static let usualPort = 1080

    /// - Parameters:
    ///   - text: what stands in the variable; an `http` proxy is meant where it has no scheme.
    ///   - variable: its name, for what is said.
    /// - Throws: `LogClientError` with code `invalidAddress`, which never holds the text.
    init(_ text: String, from variable: String) throws(LogClientError) {
        func invalid(_ what: String) -> LogClientError {
            LogClientError(
                .invalidAddress,
                "the variable \(variable) names a proxy \(what)",
                nextStep: "put http://host:port or socks5h://host:port there, or unset it"
            )
        }
        var rest = text[...]
        var scheme = "http"
        if let end = rest.firstRange(of: "://") {
            scheme = rest[..<end.lowerBound].lowercased()
            rest = rest[end.upperBound...]
        }
        switch scheme {
        case "http": kind = .http
        case "socks5", "socks5h": kind = .socks
        default: throw invalid("of a kind that cannot be used here")
        }
        rest = rest.prefix { $0 != "/" }
        var credentials: Credentials?
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = parts.map { PercentEncoding.decode($0) ?? String($0) }
            credentials = Credentials(user: decoded[0], password: decoded.count > 1 ? decoded[1] : "")
            rest = rest[rest.index(after: at)...]
        }
        guard let authority = Authority(rest) else { throw invalid("whose host or port there cannot be") }
        guard kind == .http || credentials == nil else {
            throw invalid("that wants a password, which goes with http:// only")
        }
        host = authority.host
        port = authority.port ?? Self.usualPort
        self.credentials = credentials
    }
}
