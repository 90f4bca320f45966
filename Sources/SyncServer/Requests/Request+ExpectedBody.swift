internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Request {
    /// The same request; a client that waits with its body until it is wanted (`Expect: 100-continue`, RFC 9110, section
    /// 10.1.1) is asked for it when somebody begins to read it.
    ///
    /// Who gets an answer before that need not send it.
    func asking(over connection: Connection) -> Request {
        guard headers[.expect]?.lowercased() == "100-continue" else { return self }
        var request = self
        request.body = RequestBody(asyncSequence: ExpectedBody(body: body, connection: connection))
        return request
    }
}

private struct ExpectedBody: AsyncSequence, Sendable {
    let body: RequestBody
    let connection: Connection

    func makeAsyncIterator() -> Iterator { Iterator(rest: body.makeAsyncIterator(), connection: connection) }

    struct Iterator: AsyncIteratorProtocol {
        var rest: RequestBody.AsyncIterator
        let connection: Connection
        private var isAsked = false

        init(rest: RequestBody.AsyncIterator, connection: Connection) {
            self.rest = rest
            self.connection = connection
        }

        @concurrent mutating func next() async throws -> ByteBuffer? {
            if !isAsked { connection.askForBody() }
            isAsked = true
            return try await rest.next()
        }
    }
}
