internal import AgendaModel
package import EventLog
internal import Synchronization

/// A log in a PostgreSQL database, to which any number of processes may write.
///
/// Any thread may call it. A commit compares the log's size in the agenda's one row, and that row is its only lock. What has
/// returned is as durable as the database makes it: with a synchronous standby, it survives the primary.
///
/// Errors are `LogError`.
package final class PostgreSQLLogStore: Sendable {
    package let identity: LogIdentity
    /// Of the row in `agendas`.
    let id: Int
    let pool: ConnectionPool
    let certainty = OutcomeCertainty()
    let notices: ChangeNotices
    private let pause = Mutex(CommitPause())
    private let breaksNext = Mutex(false)

    init(identity: LogIdentity, id: Int, pool: ConnectionPool, notices: ChangeNotices) {
        self.identity = identity
        self.id = id
        self.pool = pool
        self.notices = notices
    }

    /// Has the connection of the next write break inside of its commit.
    ///
    /// For tests of outcomes that nobody knows.
    package func breakNextWrite() { breaksNext.withLock { $0 = true } }
}

extension PostgreSQLLogStore {
    /// A statement about this log: the first parameter is its row's number.
    func statement(_ sql: String, _ parameters: [Parameter] = []) -> Statement {
        Statement(sql, [.integer(id)] + parameters)
    }

    /// Reads in one round trip, from one moment when there are several statements.
    ///
    /// - Returns: the rows of each statement.
    func reading<Value>(_ statements: [Statement], _ body: ([[Row]]) throws -> Value) throws -> Value {
        try translating {
            try settle()
            let isOne = statements.count == 1
            let all = isOne ? statements : [.beginReading] + statements + [.commit]
            let rows = try answer(to: all)
            return try body(isOne ? rows : Array(rows.dropFirst().dropLast()))
        }
    }

    /// One durable transaction: all of it or nothing; one round trip.
    ///
    /// - Throws: when the outcome is unknown, too: reading finds out about that first.
    func writing<Value>(_ statements: [Statement], _ body: ([[Row]]) throws -> Value) throws -> Value {
        try translating { try body(commit(statements)) }
    }

    /// Locks the log's row for the transaction: a statement after it sees what the others have committed.
    var lock: Statement { statement("SELECT 1 FROM agendas WHERE id = $1 FOR NO KEY UPDATE") }

    private func commit(_ statements: [Statement]) throws -> [[Row]] {
        let breaks = breaksNext.withLock { breaks in
            defer { breaks = false }
            return breaks
        }
        guard !pause.withLock({ $0.holds(at: .now) }) else { throw DatabaseFailure(.pausing) }
        let answer: DatabaseAnswer
        do {
            answer = try pool.run([.begin] + statements + [.commit]) { connection in
                if breaks { connection.breakAfterSending() }
            }
        } catch {
            if error.isUnknownOutcome { certainty.lose() }
            if error.kind == .unanswered { pause.withLock { $0.wasNotConfirmed(at: .now) } }
            throw error
        }
        pause.withLock { $0.wasConfirmed() }
        guard !answer.warnings.contains(Self.mayNotBeReplicated) else {
            certainty.lose()
            throw DatabaseFailure(.lost)
        }
        return Array(answer.rows.dropFirst().dropLast())
    }

    /// Reads once more where the connection turns out to be broken: it may have been idle since before the database was
    /// started anew.
    private func answer(to statements: [Statement]) throws(DatabaseFailure) -> [[Row]] {
        do {
            return try pool.run(statements).rows
        } catch {
            guard error.kind == .lost else { throw error }
            return try pool.run(statements).rows
        }
    }

    /// With this a commit returns that was cancelled while it waited for the standby.
    private static let mayNotBeReplicated = "01000"

    /// After an unknown outcome: writes something, and waits for it.
    private func settle() throws {
        guard let number = certainty.unsettled else { return }
        _ = try commit([statement("UPDATE agendas SET fence = fence + 1 WHERE id = $1")])
        certainty.settle(number)
    }

    private func translating<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let failure as DatabaseFailure {
            throw LogError(failure)
        }
    }

    /// For stored bytes that disagree with each other.
    func corrupt(_ what: String) -> LogError {
        LogError(
            .corrupt,
            "\(what) of \(identity.origin) is damaged in the database; restore it from a backup or a replica"
        )
    }
}

extension PostgreSQLLogStore: ListeningLogStore {
    package func listen(_ body: @escaping @Sendable () -> Void) { notices.listen(to: id, body) }
}
