internal import AgendaModel
internal import HTTPTypes
internal import Hummingbird
internal import Synchronization

/// Who is let in to a laptop's pages: the browser that was handed the secret address, and nobody else.
///
/// Other programs of the laptop can reach the port, and so can pages of other sites that the same browser shows. The first
/// do not know the secret. The second know neither it nor the cookie; a name of theirs that leads here is not this host.
final class Gate: Sendable {
    /// Set once, when the port is known.
    private let port = Mutex<Int?>(nil)
    private let key: Mutex<Key>
    private let session: String
    /// Goes with every form.
    let token: String

    init(_ environment: RuntimeEnvironment) {
        func secret() -> String { Hexadecimal.text(environment.random(32)) }
        key = Mutex(Key(secret: secret()))
        session = secret()
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
        /// Somebody was let in with it before.
        case again(isTold: Bool)
        case unknown
    }

    /// Takes a key; the one of the address lets in once.
    ///
    /// - Parameter given: what somebody has.
    /// - Returns: what comes of it. `again` says whether it was told of before.
    func use(key given: String) -> KeyUse {
        key.withLock { key in
            guard Self.isSame(key.secret, given) else { return .unknown }
            guard key.isUsed else {
                key.isUsed = true
                return .first
            }
            defer { key.isTold = true }
            return .again(isTold: key.isTold)
        }
    }

    /// The cookie that lets a browser in from then on.
    ///
    /// Cookies know no ports, so another program's page on this laptop could overwrite one of the same name.
    var cookie: String {
        "\(cookieName)=\(session); Path=/; HttpOnly; SameSite=Strict"
    }

    private var cookieName: String { "ambit-\(port.withLock { $0 } ?? 0)" }

    func letsIn(_ request: Request) -> Bool {
        let name = cookieName
        return request.cookies[name].map { Self.isSame($0.value, session) } ?? false
    }

    /// Whether a form was sent by one of our pages.
    func takesForm(_ request: Request, token given: String?) -> Bool {
        guard let host = request.head.authority, let given, Self.isSame(given, token) else { return false }
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
