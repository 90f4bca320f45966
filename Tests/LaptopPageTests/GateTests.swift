import AgendaModel
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import LaptopPage

@Suite("Who is let in to a laptop's pages")
struct GateTests {
    private let gate: Gate
    /// In the address that is printed.
    private let key: String
    /// What the browser that is let in sends to the pages.
    private let session: String

    init() throws {
        let gate = Gate(
            RuntimeEnvironment(
                now: { Timestamp(millisecondsSince1970: 0) },
                random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }
            )
        )
        let parts = gate.address(at: 4000).split(separator: "=").map(String.init)
        let sent = Self.sent(gate.cookies[0], to: gate.base)
        self.gate = gate
        key = try #require(parts.last)
        session = try #require(sent)
    }

    private func request(_ path: String, cookie: String? = nil) -> Request {
        var headers = HTTPFields()
        headers[.cookie] = cookie
        let head = HTTPRequest(
            method: .get,
            scheme: "http",
            authority: "127.0.0.1:4000",
            path: path,
            headerFields: headers
        )
        return Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    }

    /// What a browser sends of a cookie that it was given, for a path: cookies know no ports.
    private static func sent(_ cookie: String, to path: String) -> String? {
        let parts = cookie.split(separator: "; ").map(String.init)
        guard let place = parts.first(where: { $0.hasPrefix("Path=") })?.dropFirst("Path=".count) else { return nil }
        let isFor = path == place || path.hasPrefix(place.hasSuffix("/") ? String(place) : "\(place)/")
        return isFor ? parts.first : nil
    }

    private func altered(_ text: String) -> String { String(text.dropLast()) + (text.hasSuffix("0") ? "1" : "0") }

    @Test("The path and the cookie together let in, to each page", arguments: ["", "/", "/people", "/project/a?at=3"])
    func both(_ page: String) {
        #expect(gate.letsIn(request(gate.base + page, cookie: session)))
    }

    @Test("The cookie without the path opens nothing")
    func cookieAlone() {
        let other = altered(gate.base)
        for path in ["/", "/people", "//people", "\(other)/people", "\(gate.base)0/people", "/people\(gate.base)"] {
            #expect(!gate.letsIn(request(path, cookie: session)), "\(path)")
        }
    }

    @Test("The path without the cookie opens nothing")
    func pathAlone() throws {
        let acquaintance = try #require(Self.sent(gate.cookies[1], to: "/"))
        for cookie in [nil, "", altered(session), acquaintance] {
            #expect(!gate.letsIn(request("\(gate.base)/people", cookie: cookie)), "\(cookie ?? "none")")
        }
    }

    @Test("What another port of this host gets from the browser opens nothing, and names no path")
    func otherPorts() {
        let got = gate.cookies.compactMap { Self.sent($0, to: "/") }.joined(separator: "; ")
        #expect(!got.isEmpty)
        #expect(!got.contains(gate.base.dropFirst()))
        #expect(!gate.letsIn(request("\(gate.base)/people", cookie: got)))
    }

    @Test("The printed address has neither the path nor the session, and the path has 128 bits")
    func printed() {
        let secret = String(session.drop { $0 != "=" }.dropFirst())
        #expect(!gate.address(at: 4000).contains(gate.base.dropFirst()))
        #expect(!gate.address(at: 4000).contains(secret))
        #expect(gate.base.dropFirst().count == 32)
    }

    @Test("A browser that was let in comes with the key again: no news to its owner; of another it is, once")
    func again() throws {
        guard case .first = gate.use(key: key, in: request("/")) else {
            Issue.record("the key lets nobody in")
            return
        }
        let known = try #require(Self.sent(gate.cookies[1], to: "/"))
        #expect(isNews(gate.use(key: key, in: request("/", cookie: known))) == false)
        #expect(isNews(gate.use(key: key, in: request("/"))) == true)
        #expect(isNews(gate.use(key: key, in: request("/"))) == false)
    }

    private func isNews(_ use: Gate.KeyUse) -> Bool? {
        if case .again(let isNews) = use { isNews } else { nil }
    }
}
