internal import Deflate
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import SyncProtocol

extension HTTPField.Name {
    static let ambitProtocol = Self.checked(ProtocolConstants.versionHeader)
    static let ambitNext = Self.checked(ProtocolConstants.nextHeader)
    static let ambitSize = Self.checked(ProtocolConstants.sizeHeader)

    static func checked(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("no header can be called that") }
        return name
    }
}

/// How long an answer may be kept, and by whom.
enum CachePolicy: String {
    /// Ask again each time; with an ETag the answer is short.
    case revalidate = "no-cache"
    /// Never kept: the answer holds a secret or is of the moment.
    case never = "no-store"
    /// The same for everybody who asks without a token.
    case shared = "public, max-age=10"
    /// Never changes, and is the same for everybody.
    case sharedImmutable = "public, immutable, max-age=604800"
    /// Never changes.
    case immutable = "private, immutable, max-age=31536000"
}

extension Response {
    /// An answer in one piece.
    init(
        status: HTTPResponse.Status = .ok,
        _ bytes: [UInt8],
        type: String,
        cache: CachePolicy = .revalidate
    ) {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.cacheControl] = cache.rawValue
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
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

    /// An answer in JSON, compressed when it is long enough and the client takes that.
    ///
    /// The place is held until all of it has been sent: whoever reads slowly keeps it in memory.
    static func negotiated(
        json: [UInt8],
        for request: Request,
        cache: CachePolicy = .revalidate,
        holding place: Admission.Place? = nil
    ) -> Response {
        let coding = ContentCoding.negotiated(request.headers[.acceptEncoding])
        let isCompressed = coding == .gzip && json.count >= compressionThreshold
        var response = Response(json: isCompressed ? Gzip.compress(json) : json, cache: cache)
        if let place { response.hold(place) }
        response.headers[.vary] = "Authorization, Accept-Encoding"
        if isCompressed { response.headers[.contentEncoding] = ContentCoding.gzip.rawValue }
        return response
    }

    /// Holds the place until all of the answer has been sent.
    mutating func hold(_ place: Admission.Place) {
        let content = body
        body = ResponseBody(contentLength: content.contentLength) { writer in
            defer { _ = place }
            try await content.write(writer)
        }
    }

    /// A page of an answer ends after the part with which it becomes longer than this, in bytes.
    static let greatestPage = 1 << 20

    /// Shorter answers fit in one packet anyway.
    private static let compressionThreshold = 1400

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
