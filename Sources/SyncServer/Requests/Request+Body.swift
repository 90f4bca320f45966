internal import AgendaModel
internal import HTTPTypes
package import Hummingbird
package import NIOCore
internal import SyncProtocol

extension Request {
    /// The body, when it arrives in time and is not longer than the limit in bytes.
    ///
    /// Calls `onLong` once when the body turns out longer than `longLength`.
    package func body(
        atMost limit: Int,
        within deadline: Duration,
        longLength: Int = .max,
        onLong: () throws -> Void = {}
    ) async throws -> ByteBuffer {
        if let announced = headers[.contentLength].flatMap({ DecimalNumber.parse($0) }), announced > limit {
            throw Self.tooLong(limit)
        }
        let start = ContinuousClock.now
        var collected = ByteBuffer()
        var isLong = false
        for try await var piece in body {
            let count = collected.readableBytes + piece.readableBytes
            guard count <= limit else { throw Self.tooLong(limit) }
            if count > longLength, !isLong {
                isLong = true
                try onLong()
            }
            if collected.readableBytes == 0 {
                collected = piece
            } else {
                collected.writeBuffer(&piece)
            }
            guard start.duration(to: .now) < deadline else {
                throw ProblemDetails(
                    .requestTimeout,
                    "The body had not arrived after \(deadline.components.seconds) s."
                )
            }
        }
        return collected
    }

    /// The body of a request in JSON.
    func decode<Value: Decodable>(_ type: Value.Type, within deadline: Duration) async throws -> Value {
        guard mediaType == nil || mediaType == ProtocolConstants.json else {
            throw ProblemDetails(.unsupportedEncoding, "The body must be \(ProtocolConstants.json).")
        }
        let buffer = try await body(atMost: ServerOptions.jsonBody, within: deadline)
        switch try contentCoding() {
        case .identity:
            return try ProtocolJSON.decode(type, from: buffer.readableBytesView)
        case .gzip:
            var limits = Limits.standard
            limits.pushInflatedBytes = ServerOptions.jsonBody
            let content = try buffer.withUnsafeReadableBytes {
                try BodyContent.inflate($0.bindMemory(to: UInt8.self), limits: limits)
            }
            return try ProtocolJSON.decode(type, from: content)
        }
    }

    /// The media type of the body in lower case, without parameters; nil when the request does not say.
    var mediaType: String? {
        headers[.contentType].map { header in
            var type = header.prefix { $0 != ";" }
            while let last = type.last, last == " " || last == "\t" { type.removeLast() }
            return type.lowercased()
        }
    }

    /// What its sender takes for the time; nil when it does not say.
    var time: Timestamp? { headers[.date].flatMap(HTTPDate.moment) }

    /// How the body is compressed.
    ///
    /// - Throws: `unsupported-encoding` for anything but gzip and identity.
    func contentCoding() throws(ProblemDetails) -> ContentCoding {
        switch headers[.contentEncoding]?.lowercased() {
        case nil, "identity": .identity
        case "gzip", "x-gzip": .gzip
        default: throw ProblemDetails(.unsupportedEncoding, "The body's Content-Encoding must be gzip or identity.")
        }
    }

    /// How a body of lines is compressed.
    ///
    /// - Parameter what: what it should be, for people.
    /// - Returns: gzip or identity.
    /// - Throws: `unsupported-encoding` for a body of another media type, or compressed in another way.
    func codingOfLines(_ what: String) throws(ProblemDetails) -> ContentCoding {
        guard mediaType == ProtocolConstants.ndjson else {
            throw ProblemDetails(
                .unsupportedEncoding,
                "The Content-Type of \(what) must be \(ProtocolConstants.ndjson)."
            )
        }
        return try contentCoding()
    }

    private static func tooLong(_ limit: Int) -> ProblemDetails {
        ProblemDetails(.tooLarge, "The body is longer than \(limit) bytes.")
    }
}
