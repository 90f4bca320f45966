/// The head of an answer, and its body as it arrives.
public struct TransportResponse: Sendable {
    /// The HTTP status, 100 to 599.
    public var status: Int
    /// The header fields, by lowercase name.
    public var headers: [String: String]
    /// The pieces of the body, nil at its end.
    ///
    /// Not to be called from several tasks at once. It throws `LogClientError`: `cut` or `timeout` for a body that does
    /// not come whole, and other codes as `Transport.send` does.
    public var next: @Sendable () async throws -> [UInt8]?

    /// An answer of which the head has arrived; header names may be in any case.
    public init(status: Int, headers: [String: String], next: @escaping @Sendable () async throws -> [UInt8]?) {
        self.status = status
        self.headers = [:]
        self.next = next
        for (name, value) in headers {
            self.headers[name.lowercased()] = value
        }
    }
}
