/// How far a sync is.
///
/// Counts are of events and entries, and never go back within a phase.
public enum SyncProgress: Hashable, Sendable {
    /// Reading the server's checkpoint.
    case checking
    /// Sending what is pending.
    case pushing(sent: Int, of: Int)
    /// Receiving entries and checking them; both counts are sizes of the log.
    case pulling(size: Int, of: Int)
    /// Folding entries into the state; both counts are sizes of the log.
    case applying(size: Int, of: Int)
    /// The replica shared its identity with a copy of its folder, or was enrolled anew: it is another device now.
    case changedDevice(DeviceChange)
    /// Giving back entries that the server has lost; both counts are sizes of the log.
    case healing(size: Int, of: Int)
    /// An attempt failed; the next comes after this many seconds.
    case waiting(seconds: Double, because: String)
    /// The last value: both sides had the same log at the end.
    case finished(SyncSummary)
}

/// A replica's going on as another device.
public struct DeviceChange: Hashable, Sendable {
    /// The device that it was: `device/<id>`.
    public var former: String
    /// The device that it is.
    public var device: String
    /// How many events that had not been sent were given the new identity.
    public var moved: Int
}

/// What a sync did.
public struct SyncSummary: Hashable, Sendable {
    /// The verified size of the log at the end.
    public var size = 0
    /// How many entries were pulled, own events included; this device's signatures are not counted.
    public var pulled = 0
    /// How many of this replica's events came to be in the log; its signatures on them are not counted.
    public var accepted = 0
    /// How many the server refused; `Replica.refused()` lists them.
    public var refused = 0
    /// How many requests were repeated.
    public var retries = 0
    /// Signatures of devices that were received and do not hold; nothing else of the sync depends on that.
    public var badSignatures: [BadSignature] = []
    /// How the replica came to be another device; nil when it stayed the one that it was.
    public var deviceChange: DeviceChange?

    /// Makes an empty summary.
    public init() {}
}

/// How patient a sync is.
public struct SyncOptions: Hashable, Sendable {
    /// How often a request may fail in a row, for reasons that may pass, before the sync stops.
    ///
    /// At least 1.
    public var attempts = 6
    /// The first wait; it doubles with each failure in a row.
    public var firstDelay: Duration = .milliseconds(500)
    /// The longest wait, also when the server asks for a longer one.
    public var greatestDelay: Duration = .seconds(60)
    /// How long to wait for another sync of the same replica to end.
    public var lockPatience: Duration = .seconds(10)

    /// The usual patience: about half a minute.
    public init() {}

    /// Fails at the first difficulty.
    public static let impatient: SyncOptions = {
        var options = SyncOptions()
        options.attempts = 1
        return options
    }()
}

/// A running sync: a sequence of progress that ends with `finished`, or throws a `ReplicaError`.
///
/// Iterate it once. Leaving the loop early, or cancelling the task that iterates, ends the sync at its next step; what
/// has been received whole is kept for the next one.
public struct SyncRun: AsyncSequence, Sendable {
    /// Where the sync stands.
    public typealias Element = SyncProgress

    private let stream: AsyncThrowingStream<SyncProgress, any Error>

    init(_ stream: AsyncThrowingStream<SyncProgress, any Error>) {
        self.stream = stream
    }

    /// Begins to follow the sync.
    public func makeAsyncIterator() -> AsyncThrowingStream<SyncProgress, any Error>.Iterator {
        stream.makeAsyncIterator()
    }

    /// Waits for the end.
    ///
    /// - Throws: `ReplicaError`.
    public func finish() async throws -> SyncSummary { try await finish(reporting: nil) }

    func finish(reporting progress: (@Sendable (SyncProgress) -> Void)?) async throws -> SyncSummary {
        for try await step in self {
            progress?(step)
            if case .finished(let summary) = step { return summary }
        }
        throw ReplicaError(.cancelled, "the sync was cancelled", nextStep: "sync again to go on where it stopped")
    }
}
