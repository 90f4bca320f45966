/// Limits on everything that comes from outside; published in `GET /v1/agendas/<name>`, checked on both sides.
public struct Limits: Codable, Hashable, Sendable {
    /// The greatest length of one event, in bytes, without its newline.
    public var eventBytes = 60_000
    /// The greatest number of events in one push.
    public var pushEvents = 10_000
    /// The greatest length of a push as it is sent, in bytes.
    public var pushCompressedBytes = 8 * 1024 * 1024
    /// The greatest length of a push after inflating, in bytes.
    public var pushInflatedBytes = 64 * 1024 * 1024
    /// How many times longer a push may become by inflating.
    public var inflateRatio = 200
    /// The greatest number of entries in the answer to one pull.
    public var pullEntries = 65_536
    /// The longest `wait` of a pull, in seconds.
    public var waitSeconds = 60

    /// Limits that are those of this version until they are changed.
    public init() {}

    /// The limits of this version.
    public static let standard = Limits()
}
