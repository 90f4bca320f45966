internal import AgendaModel
internal import HTTPTypes
internal import Hummingbird
internal import Synchronization

/// Who is let in to a laptop's pages: the browser that was handed the secret address, and nobody else.
///
/// Other programs of the laptop can reach the port, and so can pages of other sites that the same browser shows. The first
/// do not know the secret. The second know neither it nor the cookie; a name of theirs that leads here is not this host.
///
/// Cookies and "same site" know no ports: a browser sends a cookie of this host to whatever program serves any port of it.
/// So the pages stand below a path that nobody can guess, the cookie is sent nowhere else, and it opens nothing without the
/// path. Only the answer to a key that nobody had used names the path. It is in no argument, message or log.
final class Gate: Sendable {
    /// Set once, when the port is known.
    private let port = Mutex<Int?>(nil)
    private let key: Mutex<Key>
    private let session: String
    private let acquaintance: String
    /// What stands before the paths of all pages: a slash and 128 random bits.
    let base: String
    /// Goes with every form.
    let token: String

    init(_ environment: RuntimeEnvironment) {
        func secret(bytes: Int = 32) -> String { Hexadecimal.text(environment.random(bytes)) }
        key = Mutex(Key(secret: secret()))
        session = secret()
        acquaintance = secret(bytes: 16)
        base = "/" + secret(bytes: 16)
        token = secret()
    }

    /// The address to open a browser at; whoever opens it first is let in.
    func address(at port: Int) -> String {
        self.port.withLock { $0 = port }
        return "http://127.0.0.1:\(port)/?key=\(key.withLock { $0.secret })"
    }

    /// Whether a request is for this host, as the browser sees it (DNS rebinding).
    func isForThisHost(_ request: Request) -> Bool {
        guard let port = port.withLock({ $0 }), let host = request.head.authority else { return false }
        return ["127.0.0.1:\(port)", "localhost:\(port)"].contains(host)
    }

    /// What comes of a key that somebody has.
    enum KeyUse {
        /// It is the one of the address, and nobody had used it: they are let in.
        case first
        /// Somebody was let in with it before. It is news when it may be somebody else, and the owner has not heard of it.
        case again(isNews: Bool)
        case unknown
    }

    /// Takes a key; the one of the address lets in once.
    ///
    /// - Parameters:
    ///   - given: what somebody has.
    ///   - request: which they sent it with.
    /// - Returns: what comes of it.
    func use(key given: String, in request: Request) -> KeyUse {
        key.withLock { key in
            guard Self.isSame(key.secret, given) else { return .unknown }
            guard key.isUsed else {
                key.isUsed = true
                return .first
            }
            // The owner opens the address twice, too.
            guard !has(acquaintance, in: acquaintanceName, of: request) else { return .again(isNews: false) }
            defer { key.isTold = true }
            return .again(isNews: !key.isTold)
        }
    }

    /// The cookies of a browser that is let in.
    ///
    /// The first opens the pages, and goes nowhere but to their path. The second opens nothing, and may get anywhere: by it a
    /// browser that comes with the key again is known. Another program's page on this laptop could overwrite cookies of the
    /// same names, so the names have the port.
    var cookies: [String] {
        [
            "\(sessionName)=\(session); Path=\(base); HttpOnly; SameSite=Strict",
            "\(acquaintanceName)=\(acquaintance); Path=/; HttpOnly; SameSite=Strict",
        ]
    }

    private var sessionName: String { "ambit-\(port.withLock { $0 } ?? 0)" }
    private var acquaintanceName: String { sessionName + "-known" }

    /// Whether a request knows the path of the pages and has the cookie: neither is enough.
    func letsIn(_ request: Request) -> Bool {
        isBelowBase(request) && has(session, in: sessionName, of: request)
    }

    /// Whether a request is for the path of the pages.
    func isBelowBase(_ request: Request) -> Bool {
        let place = request.uri.path.dropFirst().prefix { $0 != "/" }
        return Self.isSame("/\(place)", base)
    }

    private func has(_ value: String, in name: String, of request: Request) -> Bool {
        request.cookies[name].map { Self.isSame($0.value, value) } ?? false
    }

    /// Whether a form was sent by one of our pages.
    func takesForm(_ request: Request, token given: String?) -> Bool {
        guard let given, Self.isSame(given, token) else { return false }
        return isFromItself(request)
    }

    /// Whether a form was sent by a page of this host and port, of this program or of one before it.
    func isFromItself(_ request: Request) -> Bool {
        guard let host = request.head.authority else { return false }
        if let site = request.headers[.secFetchSite], site != "same-origin" { return false }
        return request.headers[.origin] == "http://\(host)"
    }

    /// The secret of the address, and what became of it.
    private struct Key {
        let secret: String
        var isUsed = false
        /// Whether somebody came with it after it was used.
        var isTold = false
    }

    /// Takes the same time wherever the two differ.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
}

/// Bytes as hexadecimal digits.
enum Hexadecimal {
    static func text(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
