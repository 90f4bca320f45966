internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

/// What lets pages of others read what is public: the Fetch standard's CORS protocol.
///
/// There are no cookies, so that whoever may read it here may have it read there.
enum CrossOrigin {
    /// Lets any page read an answer.
    static func open(_ response: inout Response) {
        response.headers[.accessControlAllowOrigin] = "*"
        response.headers[.accessControlExposeHeaders] = exposed
    }

    /// Whether a request asks whether another may be made.
    static func isPreflight(_ request: Request) -> Bool {
        request.method == .options && request.headers[.origin] != nil
            && request.headers[.accessControlRequestMethod] != nil
    }

    /// That reading is open.
    static var preflight: Response {
        var response = Response(withoutContent: .noContent)
        response.headers[.accessControlAllowMethods] = "GET, HEAD"
        response.headers[.accessControlAllowHeaders] = "Accept, Ambit-Protocol, If-None-Match, If-Range, Range"
        response.headers[.accessControlMaxAge] = "86400"
        return response
    }

    private static let exposed = [
        "Accept-Ranges", "API-Version", "Ambit-Next", "Ambit-Size", "Ambit-Standing", "Content-Disposition",
        "Content-Range", "ETag", "Repr-Digest", "Retry-After",
    ].joined(separator: ", ")
}

extension Route {
    /// Whether anybody may ever read here.
    var isForAnybody: Bool {
        switch audience {
        case .everybody, .visitors, .readers: method == .get
        case .operators, .newcomers, .members: false
        }
    }
}
