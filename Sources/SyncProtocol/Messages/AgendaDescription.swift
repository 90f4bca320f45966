/// The answer to `GET /v1/agendas/<name>`: what a client has to know before it synchronises.
public struct AgendaDescription: Codable, Hashable, Sendable {
    /// The name in the agenda's path.
    public var name: String
    /// What people call it; the name when it has not been founded yet.
    public var title: String
    /// The origin of the agenda's checkpoints.
    public var origin: String
    /// The C2SP vkey that the agenda's checkpoints are signed for.
    ///
    /// Trust it only when it came over a trusted channel.
    public var verifierKey: String
    /// How many entries the log has.
    public var size: Int
    /// The protocol versions that the server speaks, in increasing order.
    public var protocolVersions: [Int]
    /// The limits that the server keeps.
    public var limits: Limits

    /// What a server says of an agenda of its own.
    public init(
        name: String,
        title: String,
        origin: String,
        verifierKey: String,
        size: Int,
        protocolVersions: [Int],
        limits: Limits
    ) {
        self.name = name
        self.title = title
        self.origin = origin
        self.verifierKey = verifierKey
        self.size = size
        self.protocolVersions = protocolVersions
        self.limits = limits
    }
}
