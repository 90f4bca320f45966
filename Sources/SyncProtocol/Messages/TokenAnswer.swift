/// The answer (201) to `POST /v1/agendas/<name>/token`.
///
/// The token is not shown again.
public struct TokenAnswer: Codable, Hashable, Sendable {
    /// The device's new bearer token: a secret.
    public var token: String

    /// Makes an answer.
    public init(token: String) { self.token = token }
}
