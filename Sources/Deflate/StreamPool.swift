internal import Synchronization

/// Streams that wait for their next user: making one costs an allocation of a quarter megabyte.
final class StreamPool: Sendable {
    /// More idle streams than this are freed; in use there may be as many as there are callers.
    static let maximumIdle = 8

    static let deflaters = StreamPool(.deflate)
    static let inflaters = StreamPool(.inflate)

    private let direction: RawStream.Direction
    private let idle = Mutex<[Box]>([])

    // A stream in the pool has no user, and `take` gives it to one caller only, so it never meets two threads at once.
    private struct Box: @unchecked Sendable { let stream: RawStream }

    private init(_ direction: RawStream.Direction) { self.direction = direction }

    func withStream<R>(_ body: (RawStream) -> R) -> R {
        let stream = idle.withLock { $0.popLast() }?.stream ?? RawStream(direction)
        defer {
            let box = Box(stream: stream)
            idle.withLock { if $0.count < Self.maximumIdle { $0.append(box) } }
        }
        return body(stream)
    }
}
