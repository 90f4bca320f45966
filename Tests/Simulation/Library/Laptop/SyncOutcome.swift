internal import SyncClient
internal import Synchronization

/// How a sync ended.
final class SyncOutcome: Sendable {
    private let outcome = Mutex<Result<SyncSummary, any Error>?>(nil)

    var result: Result<SyncSummary, any Error>? { outcome.withLock { $0 } }

    func set(_ result: Result<SyncSummary, any Error>) { outcome.withLock { $0 = result } }
}
