public import LogClient

/// What a sync does about difficulties.
public struct SyncOptions: Hashable, Sendable {
    /// What is done about transient failures of requests.
    public var retries = RetryPolicy()
    /// How long to wait for another sync of the same replica to end.
    public var lockTimeout: Duration = .seconds(10)
    /// Whether token and invite may go to a new address over http, where anybody in between can read them.
    ///
    /// An address on this machine needs no such leave.
    public var allowsCleartext = false
    /// Whether own entries are signed however few and young they are.
    ///
    /// Otherwise they are signed once there are 256, or the oldest is a quarter of an hour old.
    public var signsAll = false
    /// Whether what is pending is sent too.
    package var sends = true

    /// The usual options: about half a minute of retries.
    public init() {}

    /// Fails at the first difficulty.
    public static let noRetries: SyncOptions = {
        var options = SyncOptions()
        options.retries = .none
        return options
    }()
}
