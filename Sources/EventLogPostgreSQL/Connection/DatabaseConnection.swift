/// One connection to a PostgreSQL database.
///
/// Whoever took it from the pool uses it alone, one call at a time.
protocol DatabaseConnection: AnyObject, Sendable {
    /// Sends all statements at once, and reads all answers: one round trip.
    ///
    /// A statement that the database refuses has none of those after it done. A transaction that was begun is rolled back
    /// then. What waits is never cancelled: when the deadline passes, the connection is closed.
    ///
    /// - Parameters:
    ///   - statements: in order.
    ///   - limit: how long all of it may take.
    /// - Returns: the rows that each statement gave, and the SQLSTATE of each warning.
    /// - Throws: `lost`, `refused`.
    func run(_ statements: [Statement], within limit: Duration) throws(DatabaseFailure) -> DatabaseAnswer

    /// What other sessions have sent to the channels that this one listens to.
    ///
    /// - Parameter limit: how long to wait for something, when there is nothing yet.
    /// - Returns: what they said, in order; nothing when the time is over.
    /// - Throws: `lost`.
    func notices(within limit: Duration) throws(DatabaseFailure) -> [String]

    /// Whether it can be used again.
    var isUsable: Bool { get }

    /// Has the connection break once the next statements have been sent, before their answers are read.
    ///
    /// For tests of outcomes that nobody knows.
    func breakAfterSending()
}

/// What the statements of one round trip gave.
struct DatabaseAnswer: Sendable {
    /// One list for each statement.
    var rows: [[Row]] = []
    /// SQLSTATE by SQLSTATE.
    var warnings: [String] = []
}
