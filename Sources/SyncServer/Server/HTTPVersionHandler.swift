internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypesHTTP1
internal import SyncProtocol

/// What HTTP/1.0 and HTTP/1.1 ask of a server besides parsing (RFC 9110 and 9112).
///
/// A request says once which host it is for. HTTP/1.0 knows neither chunks nor answers in between: its answers end with the
/// connection. Every answer says that its type is not to be guessed.
///
/// Nor is there any other protocol to go on with: a request that asks for one is answered as it is, and then the connection ends.
/// The parser takes nothing after such a request, and would keep it.
final class HTTPVersionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Of the requests that have not been answered, the oldest first.
    private var versions: [HTTPVersion] = []
    private var isBroken = false
    /// Of the connection; nil in tests of single handlers.
    private let pacing: RequestPacingHandler?

    private init(_ pacing: RequestPacingHandler?) { self.pacing = pacing }

    /// Adds one in front of the handler that turns requests into such without a version.
    ///
    /// Where handlers of one's own can be added, they come after that.
    static func insert(_ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        // Where there is no such handler, as in tests of single handlers, there are no versions.
        guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) else { return }
        let pacing = try? pipeline.handler(type: RequestPacingHandler.self)
        try? pipeline.addHandler(HTTPVersionHandler(pacing), position: .before(codec))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        if let fault = Self.fault(of: head) {
            isBroken = true
            return context.fireErrorCaught(ProblemDetails(.badRequest, fault))
        }
        versions.append(head.version)
        // RFC 9110, sections 7.8 and 9.3.6.
        let asksForAnother = head.method == .CONNECT || head.headers.contains(name: "Upgrade")
        if asksForAnother { pacing?.endAfterRequest() }
        if head.version.isOld || asksForAnother { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let version = versions.first ?? .http1_1
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.code < 200:
            guard version.isOld else { return context.write(data, promise: promise) }
            promise?.succeed()
        case .head(var head):
            head.headers.replaceOrAdd(name: "X-Content-Type-Options", value: "nosniff")
            if version.isOld {
                head.version = .http1_0
                head.headers.replaceOrAdd(name: "Connection", value: "close")
                head.headers.remove(name: "Transfer-Encoding")
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            if !versions.isEmpty { versions.removeFirst() }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        }
    }

    /// What is wrong with the head of a request, whatever it asks for.
    private static func fault(of head: HTTPRequestHead) -> String? {
        let hosts = head.headers["host"]
        if hosts.count > 1 { return "The request has the header Host more than once." }
        if !head.version.isOld, hosts.isEmpty { return "The request has no header Host." }
        // RFC 3986, sections 3.2.2 and 3.2.3: a name, an address in brackets, and a port.
        if let host = hosts.first, host.utf8.contains(where: isNotOfHost) { return "The header Host is no host." }
        if head.version.isOld, head.headers.contains(name: "Transfer-Encoding") {
            return "A request of HTTP/1.0 has no Transfer-Encoding."
        }
        return nil
    }
}

extension HTTPVersionHandler {
    private static func isNotOfHost(_ byte: UInt8) -> Bool {
        switch UnicodeScalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~", "%", "!", "$", "&", "'", "(", ")", "*", "+", ",", ";",
            "=", ":", "[", "]":
            false
        default: true
        }
    }
}

extension HTTPVersion {
    /// Whether it is from before HTTP/1.1.
    fileprivate var isOld: Bool { major < 1 || (major == 1 && minor < 1) }
}
