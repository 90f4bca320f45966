/// A log's end, and what stands beside its entries, as of one moment.
package struct LogMoment: Sendable {
    package let head: LogHead
    package let access: Access
    /// All of them, used ones too.
    package let invites: [Invite]

    /// A busy log commits some hundred times a second, and reading this takes some round trips.
    private static let maximumAttempts = 1000

    /// Reads until nothing is committed meanwhile.
    ///
    /// - Parameter log: others may write to it.
    /// - Throws: `locked` for a log that never rests; what reading throws.
    package init(of log: any LogStore) throws {
        for _ in 0..<Self.maximumAttempts {
            let (head, access, invites) = (try log.head(), try log.access(), try log.invites())
            // Every commit changes one of the two.
            guard try log.head().size == head.size, try log.accessVersion() == access.version else { continue }
            (self.head, self.access, self.invites) = (head, access, invites)
            return
        }
        throw LogError(
            .locked,
            "the log \(log.identity.origin) never rests while it is read; try again when it is quieter"
        )
    }
}
