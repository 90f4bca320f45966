package import AgendaModel
package import EventLog

/// A PostgreSQL database that holds the logs of agendas.
package final class AgendaDatabase: Sendable {
    private let pool: ConnectionPool
    private let notices: ChangeNotices

    init(connect: @escaping @Sendable () throws(DatabaseFailure) -> any DatabaseConnection) {
        pool = ConnectionPool(connect: connect)
        notices = ChangeNotices(connect: connect)
    }

    #if PostgreSQL
        /// Connects when it is first used.
        ///
        /// - Parameter address: a URI or a list of settings, as libpq takes them; may hold a password.
        package convenience init(at address: String) {
            self.init { () throws(DatabaseFailure) in try LibpqConnection(address) }
        }
    #endif

    /// Makes the tables where they are missing.
    ///
    /// - Throws: `newerFormat`, and what the database throws.
    package func prepare() throws {
        try run([DatabaseSchema.making])
        let found = try run([DatabaseSchema.selectVersion])[0].first?.integer(0) ?? 0
        guard found <= DatabaseSchema.version else {
            throw LogError(
                .newerFormat,
                "the database was made by a newer version of Ambit; update Ambit on this machine"
            )
        }
    }

    /// The names of the agendas, sorted.
    package func list() throws -> [AgendaName] {
        try run([Statement("SELECT name FROM agendas WHERE moved IS NULL")])[0]
            .compactMap { AgendaName(rawValue: try $0.text(0)) }.sorted()
    }

    /// Makes an empty log.
    ///
    /// - Throws: `alreadyExists`.
    package func create(_ name: AgendaName, identity: LogIdentity) throws -> PostgreSQLLogStore {
        try create(name.rawValue, identity)
    }

    func create(_ name: String, _ identity: LogIdentity) throws -> PostgreSQLLogStore {
        let statement = Statement(
            "INSERT INTO agendas (name, origin, verifier) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id",
            [.text(name), .text(identity.origin), .text(identity.verifierKey.description)]
        )
        guard let row = try run([statement])[0].first else {
            throw LogError(.alreadyExists, "there is an agenda \(name) in the database already; choose another name")
        }
        return PostgreSQLLogStore(identity: identity, id: try row.integer(0), pool: pool, notices: notices)
    }

    /// Opens a log.
    ///
    /// - Throws: `notFound`, `corrupt`.
    package func open(_ name: AgendaName) throws -> PostgreSQLLogStore {
        guard let store = try find(name.rawValue) else {
            throw LogError(
                .notFound,
                "there is no agenda \(name) in the database; ambit agenda list shows those that are"
            )
        }
        guard try store.destination() == nil else { throw store.moved }
        return store
    }

    /// The log with this name, which may have been left for another place, or be arriving; nil when there is none.
    func find(_ name: String) throws -> PostgreSQLLogStore? {
        let select = Statement("SELECT id, origin, verifier, note FROM agendas WHERE name = $1", [.text(name)])
        guard let row = try run([select])[0].first else { return nil }
        let identity = LogIdentity(origin: try row.text(1), verifierKey: try VerifierKey(try row.text(2)))
        guard identity.verifierKey.name == identity.origin else {
            throw LogError(.corrupt, "the agenda \(name) has a key of another log than its own; restore the database")
        }
        if let note = row.optionalText(3) { _ = try identity.verifierKey.verify(note) }
        return PostgreSQLLogStore(identity: identity, id: try row.integer(0), pool: pool, notices: notices)
    }

    /// Gives the log with one name another one; what was left under that is kept under one that no agenda can have.
    ///
    /// - Parameters:
    ///   - name: what it is called.
    ///   - new: what it is to be called.
    ///   - destination: where a log that goes on under that goes now, in words; nil where none may go on.
    /// - Throws: `alreadyExists` where a log goes on under it.
    func rename(_ name: String, to new: String, replacing destination: String? = nil) throws {
        let rename = Statement("UPDATE agendas SET name = $2 WHERE name = $1", [.text(name), .text(new)])
        try run([.begin] + (destination.map { [leave(new, for: $0)] } ?? []) + [putAway(new), rename, .commit])
    }

    /// Ends the log with one name, if there is one, and keeps it under one that no agenda can have.
    func putAside(_ name: String, for destination: String) throws {
        try run([.begin, leave(name, for: destination), putAway(name), .commit])
    }

    private func leave(_ name: String, for destination: String) -> Statement {
        Statement(
            "UPDATE agendas SET moved = $2, changes = changes + 1 WHERE name = $1 AND moved IS NULL",
            [.text(name), .text(destination)]
        )
    }

    private func putAway(_ name: String) -> Statement {
        Statement(
            "UPDATE agendas SET name = '\(Self.leftPrefix)' || id || '.' || name WHERE name = $1 AND moved IS NOT NULL",
            [.text(name)]
        )
    }

    /// A log that arrives has this before its name, and one in whose place another has come, this.
    static let arrivingPrefix = ".arriving."
    private static let leftPrefix = ".left."

    /// Closes what is not in use, and listens no more.
    package func close() {
        notices.stop()
        pool.closeIdle()
    }

    @discardableResult
    private func run(_ statements: [Statement]) throws -> [[Row]] {
        do throws(DatabaseFailure) {
            return try pool.run(statements).rows
        } catch {
            throw LogError(error)
        }
    }
}
