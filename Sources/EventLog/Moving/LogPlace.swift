/// Where a log may be kept: one side of a move.
///
/// Its log is open, or has been left, or is arriving: then no server finds it yet.
package protocol LogPlace: Sendable {
    /// What people call it; holds no password.
    var words: String { get }

    /// The log that servers find here, or found before it was left; nil when there is none.
    func log() throws -> (any MovableLogStore)?

    /// The log that arrives here; made when it is missing.
    ///
    /// - Throws: `alreadyExists` when servers find one.
    func arriving(_ identity: LogIdentity) throws -> any LogStore

    /// Lets servers find the log that arrived; durable when this returns.
    func open() throws
}
