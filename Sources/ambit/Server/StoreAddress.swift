import AgendaModel
import ArgumentParser
import EventLog

#if PostgreSQL
    import EventLogPostgreSQL
#endif

/// Where logs are kept that are in no data folder: the address of a database, which may hold a password.
struct StoreAddress: ExpressibleByArgument {
    /// Of an address, in words.
    static let form = "an address that begins with postgresql://"

    let text: String

    init?(argument text: String) {
        guard text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") else { return nil }
        self.text = text
    }

    /// The address without the password in it, for people to see.
    static func withoutPassword(_ text: String) -> String {
        let user = /(?<start>:\/\/[^:@\/?]*):[^@\/]*@/
        let setting = /(?<start>[?&]password=)[^&]*/
        return text.replacing(user) { "\($0.start):***@" }.replacing(setting) { "\($0.start)***" }
    }

    /// What people call the database: the address without a password.
    var words: String { Self.withoutPassword(text) }

    /// The database as a place for the log of an agenda.
    ///
    /// - Throws: as `open`.
    func place(of name: AgendaName) throws -> any LogPlace {
        try open().place(of: name, called: words)
    }

    /// The database; nothing is asked of it yet.
    ///
    /// - Throws: `Failure` where this program was built without the means.
    func open() throws -> any LogDatabase {
        #if PostgreSQL
            return AgendaDatabase(at: text)
        #else
            throw Failure(
                "This ambit was built without PostgreSQL: build it with --traits PostgreSQL.",
                code: "unavailable",
                exitCode: 69
            )
        #endif
    }
}

#if PostgreSQL
    extension AgendaDatabase: LogDatabase {
        func names() throws -> [AgendaName] { try list() }
        func makeLog(_ name: AgendaName, identity: LogIdentity) throws -> any LogStore {
            try create(name, identity: identity)
        }
        func openLog(_ name: AgendaName) throws -> any LogStore { try open(name) }
        func restore(
            _ name: AgendaName,
            of words: String,
            from backup: any LogStore,
            key: LogKey,
            progress: (_ copied: LogSize, _ size: LogSize) -> Void
        ) async throws {
            try await DatabasePlace(of: name, in: self, called: words)
                .restore(backup, key: key, environment: .system, progress: progress)
        }
        func place(of name: AgendaName, called words: String) -> any LogPlace {
            DatabasePlace(of: name, in: self, called: words)
        }
    }
#endif
