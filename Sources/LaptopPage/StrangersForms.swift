internal import Synchronization

/// How many forms are being read of those who are not let in: any program of this laptop may send one.
final class StrangersForms: Sendable {
    /// So many at once; each may be as long as one long text.
    private static let limit = 8

    private let count = Mutex(0)

    /// Takes a place.
    ///
    /// - Returns: false when there is none; otherwise `end` gives it back.
    func begin() -> Bool {
        count.withLock { count in
            guard count < Self.limit else { return false }
            count += 1
            return true
        }
    }

    func end() { count.withLock { $0 -= 1 } }
}
