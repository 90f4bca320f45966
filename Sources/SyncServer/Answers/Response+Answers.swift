internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import SyncProtocol

extension Response {
    /// An answer in one piece.
    init(
        status: HTTPResponse.Status = .ok,
        _ bytes: [UInt8],
        type: String,
        cache: CachePolicy = .revalidate
    ) {
        self.init(status: status, ByteBuffer(bytes: bytes), type: type, cache: cache)
    }

    /// The same of bytes that are not copied.
    init(
        status: HTTPResponse.Status = .ok,
        _ contents: ByteBuffer,
        type: String,
        cache: CachePolicy = .revalidate
    ) {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.cacheControl] = cache.rawValue
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: contents))
    }

    /// An answer that must not have content: 204 and 304.
    init(withoutContent status: HTTPResponse.Status, headers: HTTPFields = [:]) {
        self.init(status: status, headers: headers)
        self.headers[.contentLength] = nil
    }

    /// An answer in JSON.
    init(status: HTTPResponse.Status = .ok, json: [UInt8], cache: CachePolicy = .revalidate) {
        self.init(status: status, json, type: ProtocolConstants.json, cache: cache)
    }

    /// A page of an answer ends after the part with which it becomes longer than this, in bytes.
    static let maximumPage = 1 << 20

    init(_ problem: ProblemDetails, allowing methods: [HTTPRequest.Method] = []) {
        self.init(
            status: .init(code: problem.status ?? 500),
            problem.encoded(),
            type: ProtocolConstants.problem,
            cache: .never
        )
        switch problem.problem {
        case .unauthenticated: headers[.wwwAuthenticate] = #"Bearer realm="ambit""#
        case .busy, .rateLimited: headers[.retryAfter] = String(problem.retryAfter ?? 1)
        case .readOnly, .storageFull, .unavailable: headers[.retryAfter] = "30"
        case .methodNotAllowed: headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
        default: break
        }
    }
}
