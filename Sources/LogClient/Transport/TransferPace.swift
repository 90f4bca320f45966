/// The least that an answer's body must bring in a stretch of waiting.
///
/// A server, or somebody in between, that lets a few bytes through now and then would otherwise keep a sync busy for
/// ever. Bound to progress instead of to a length of time, so that slow links may take as long as they need.
public struct TransferPace: Hashable, Sendable {
    /// So many bytes at least.
    public var bytes: Int
    /// The time of waiting in which they must come.
    public var duration: Duration

    /// So many bytes in each such time of waiting.
    public init(bytes: Int, within duration: Duration) {
        self.bytes = bytes
        self.duration = duration
    }

    /// About 1 KiB a second, less than the slowest links that people use.
    public static let least = TransferPace(bytes: 60 * 1024, within: .seconds(60))
}
