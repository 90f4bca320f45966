/// The answer (201) to `POST /v1/agendas/<name>/token`.
///
/// The token is not shown again.
public struct TokenAnswer: Codable, Hashable, Sendable {
    /// The device's new bearer token: a secret.
    public var token: String

    /// What a server answers once the new token is committed.
    public init(token: String) { self.token = token }
}
