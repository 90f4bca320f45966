package import EventLog
import Deflate
internal import GRDB

/// The embedded store: one SQLite file per agenda, on the server and on every laptop.
package final class SQLiteLogStore: Sendable {
    /// Makes a new file.
    package static func create(at path: String, identity: LogIdentity) throws -> SQLiteLogStore {
        fatalError("skeleton")
    }
    /// Opens a file; checks application_id and user_version, migrates forward.
    package init(at path: String) throws { fatalError("skeleton") }
    package func close() throws {}
}
// extension SQLiteLogStore: LogStore {}
