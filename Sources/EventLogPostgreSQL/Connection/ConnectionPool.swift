internal import Dispatch
internal import Synchronization

/// The connections of one process to one database, shared by all of its agendas.
///
/// A thread that needs one waits until there is one. A connection that broke takes the idle ones with it: the database has
/// probably gone, and somewhere else it may be another one.
final class ConnectionPool: Sendable {
    private let connect: @Sendable () throws(DatabaseFailure) -> any DatabaseConnection
    /// Held for a look-up alone.
    private let idle = Mutex<[any DatabaseConnection]>([])
    private let free: DispatchSemaphore
    /// How long one round trip may take: a commit waits for the standby, too.
    private let limit: Duration

    init(
        maximum: Int = 12,
        limit: Duration = .seconds(15),
        connect: @escaping @Sendable () throws(DatabaseFailure) -> any DatabaseConnection
    ) {
        self.connect = connect
        self.limit = limit
        free = DispatchSemaphore(value: maximum)
    }

    /// Runs statements in one round trip.
    ///
    /// - Parameters:
    ///   - statements: in order.
    ///   - prepare: called with the connection first; for tests.
    /// - Returns: the answers.
    /// - Throws: `DatabaseFailure`.
    func run(
        _ statements: [Statement],
        prepare: ((any DatabaseConnection) -> Void)? = nil
    ) throws(DatabaseFailure) -> DatabaseAnswer {
        guard free.wait(timeout: .now() + limit / .seconds(1)) == .success else { throw DatabaseFailure(.crowded) }
        defer { free.signal() }
        let connection: any DatabaseConnection
        if let known = idle.withLock({ $0.popLast() }) { connection = known } else { connection = try connect() }
        prepare?(connection)
        do throws(DatabaseFailure) {
            let answer = try connection.run(statements, within: limit)
            idle.withLock { $0.append(connection) }
            return answer
        } catch {
            if connection.isUsable { idle.withLock { $0.append(connection) } } else { closeIdle() }
            throw error
        }
    }

    /// Closes the connections that nobody uses.
    func closeIdle() {
        let closed = idle.withLock { idle in
            defer { idle = [] }
            return idle
        }
        // Ended outside the lock: the last reference closes each.
        _ = closed
    }
}
