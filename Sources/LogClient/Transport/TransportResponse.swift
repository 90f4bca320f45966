/// The head of an answer, and its body as it arrives.
public struct TransportResponse: Sendable {
    /// The HTTP status.
    public var status: Int
    /// By lowercase name.
    public var headers: [String: String]
    /// The pieces of the body, nil at its end.
    ///
    /// Not to be called from several tasks at once.
    public var next: @Sendable () async throws -> [UInt8]?

    /// Makes an answer.
    public init(status: Int, headers: [String: String], next: @escaping @Sendable () async throws -> [UInt8]?) {
        self.status = status
        self.headers = [:]
        self.next = next
        for (name, value) in headers {
            self.headers[name.lowercased()] = value
        }
    }
}
