internal import Hummingbird
internal import SyncProtocol

/// The permits of one request: in whose name they are taken, and for what unless its handler says otherwise.
struct PermitScope: Sendable {
    let limiter: ConcurrencyLimiter
    /// Where the connection is kept for as long as a device has a permit.
    let connections: ConnectionTable
    let client: ConcurrencyLimiter.Client
    /// What the request came over.
    let connection: Connection
    /// The route's own class of work; nil for a route that takes no permits.
    let work: ConcurrencyLimiter.Work?

    /// Runs the body under a permit, which is released when the body ends.
    ///
    /// - Parameters:
    ///   - work: what the permit is for; nil for the route's own class.
    ///   - body: what it is needed for.
    /// - Returns: what the body gives.
    /// - Throws: `busy`, or what the body throws.
    func withPermit<Value>(
        for work: ConcurrencyLimiter.Work? = nil,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let permit = try await turn(for: work)
        defer { permit.release() }
        return try await body()
    }

    /// The same for a body that blocks.
    func withPermit<Value>(for work: ConcurrencyLimiter.Work, _ body: () throws -> Value) throws -> Value {
        let permit = try permit(for: work)
        defer { permit.release() }
        return try body()
    }

    /// Makes an answer, and takes a permit for as long as it is sent: whoever reads slowly keeps it in memory.
    ///
    /// Who gets none is told so before anything is made. While the answer is made the permit rests: the threads of `HeavyWork`
    /// bound how much is made at once, and whoever waits for them holds nothing.
    ///
    /// - Parameters:
    ///   - work: what the permit is for; nil for the route's own class.
    ///   - body: makes the answer; holds nothing long while it waits.
    /// - Returns: the same answer; the permit ends with it, or before it when it has no content.
    /// - Throws: `busy`, or what the body throws.
    func withPermitUntilSent(
        for work: ConcurrencyLimiter.Work? = nil,
        _ body: () async throws -> Response
    ) async throws -> Response {
        let permit = try await turn(for: work)
        permit.rest()
        let response = try await body()
        guard response.body.contentLength != 0 else {
            permit.release()
            return response
        }
        try permit.resume()
        return response.keeping(permit)
    }

    /// Gives a permit that lasts until it is released or dropped.
    ///
    /// - Throws: `busy`.
    func permit(for work: ConcurrencyLimiter.Work) throws(ProblemDetails) -> Permit {
        keeping(try limiter.permit(for: work, of: client, over: connection))
    }

    /// The same, when it is the client's turn.
    ///
    /// - Parameter work: what the permit is for; nil for the route's own class.
    /// - Returns: the permit.
    /// - Throws: `busy`, or `CancellationError`.
    func turn(for work: ConcurrencyLimiter.Work? = nil) async throws -> Permit {
        guard let work = work ?? self.work else { preconditionFailure("this route takes no permits") }
        return keeping(try await limiter.turn(for: work, of: client, over: connection))
    }

    /// The same permit, with which the connection is kept for a device: how many there may be is bounded, as it is not of
    /// requests.
    private func keeping(_ permit: Permit) -> Permit {
        guard !client.isWithoutToken else { return permit }
        connection.keep(in: connections)
        return Permit(rest: permit.rest, resume: permit.resume) { [connection, connections] in
            permit.release()
            connection.letGo(in: connections)
        }
    }
}

extension Response {
    /// The same answer; the permit ends when all of it has been sent, or it is dropped.
    func keeping(_ permit: Permit) -> Response {
        var response = self
        let content = body
        response.body = ResponseBody(contentLength: content.contentLength) { writer in
            defer { permit.release() }
            try await content.write(writer)
        }
        return response
    }
}
