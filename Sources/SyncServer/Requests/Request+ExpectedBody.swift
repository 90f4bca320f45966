internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Request {
    /// The same request, of whose connection one can tell whether its body is waited for.
    ///
    /// A client may wait with its body until it is wanted (`Expect: 100-continue`, RFC 9110, section 10.1.1). It is
    /// asked for it when somebody begins to read it. Who gets an answer before that need not send it.
    func asking(over connection: Connection) -> Request {
        let isExpected = headers[.expect]?.lowercased() == "100-continue"
        var request = self
        request.body = RequestBody(
            asyncSequence: ExpectedBody(body: body, connection: connection, isAsked: !isExpected)
        )
        return request
    }
}

private struct ExpectedBody: AsyncSequence, Sendable {
    let body: RequestBody
    let connection: Connection
    let isAsked: Bool

    func makeAsyncIterator() -> Iterator {
        Iterator(rest: body.makeAsyncIterator(), connection: connection, isAsked: isAsked)
    }

    struct Iterator: AsyncIteratorProtocol {
        var rest: RequestBody.AsyncIterator
        let connection: Connection
        var isAsked: Bool

        @concurrent mutating func next() async throws -> ByteBuffer? {
            if !isAsked { connection.askForBody() }
            isAsked = true
            connection.wait.begin()
            var bytes = 0
            defer { connection.wait.end(after: bytes) }
            let piece = try await rest.next()
            bytes = piece?.readableBytes ?? 0
            return piece
        }
    }
}
