internal import AgendaPages
internal import Files
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Response {
    /// A page; nothing in it comes from elsewhere, and no other site shows it within its own.
    static func html(_ html: String, status: HTTPResponse.Status = .ok, language: String? = nil) -> Response {
        var response = page(Array(html.utf8), type: "text/html; charset=utf-8", status: status)
        if let language, ["en", "nl"].contains(language) {
            response.headers.append(
                HTTPField(name: .setCookie, value: "language=\(language); Path=/; SameSite=Strict; Max-Age=31536000")
            )
        }
        return response
    }

    /// A page that lets a browser in.
    static func html(_ html: String, cookies: [String]) -> Response {
        var response = Response.html(html)
        for cookie in cookies { response.headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return response
    }

    static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        page(Array(text.utf8), type: "text/plain; charset=utf-8", status: status)
    }

    /// To a method that no page takes: says which they do (RFC 9110, section 15.5.6).
    static var wrongMethod: Response {
        var response = text(.methodNotAllowed, "This page takes GET and POST.\n")
        response.headers[.allow] = "GET, HEAD, POST"
        return response
    }

    static func page(_ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok) -> Response {
        var headers = safety
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Something to be kept under a name.
    static func file(_ bytes: [UInt8], named name: String, type: String) -> Response {
        var response = page(bytes, type: type)
        response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return response
    }

    /// A file to be kept under a name, which is read while it is sent.
    static func file(_ contents: ReadableFile, named name: String, type: String) -> Response {
        var response = file([], named: name, type: type)
        response.headers[.contentLength] = "\(contents.size)"
        response.body = ResponseBody(contentLength: contents.size) { writer in
            var sent = 0
            while case let piece = try contents.piece(at: sent, upTo: pieceLength), !piece.isEmpty {
                sent += piece.count
                try await writer.write(ByteBuffer(bytes: piece))
            }
            try await writer.finish(nil)
        }
        return response
    }

    /// In bytes.
    private static let pieceLength = 256 * 1024

    /// To the next page, after a form or the secret address.
    static func going(to address: String, cookies: [String] = []) -> Response {
        var headers = safety
        headers[.location] = address
        headers[.cacheControl] = "no-store"
        for cookie in cookies { headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return Response(status: .seeOther, headers: headers)
    }

    private static let safety = HTTPFields(
        PageSafety.headers.compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } }
    )
}
