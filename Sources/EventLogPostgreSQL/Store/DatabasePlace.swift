package import AgendaModel
package import EventLog

/// A database as a place for the log of one agenda, which arrives under a name that no agenda can have.
package struct DatabasePlace: LogPlace {
    let database: AgendaDatabase
    let name: AgendaName
    package let words: String

    /// - Parameters:
    ///   - name: the agenda's.
    ///   - database: where.
    ///   - words: what people call the database; holds no password.
    package init(of name: AgendaName, in database: AgendaDatabase, called words: String) {
        self.database = database
        self.name = name
        self.words = words
    }

    package func log() throws -> (any MovableLogStore)? { try database.find(name.rawValue) }

    package func arriving(_ identity: LogIdentity) throws -> any LogStore {
        try database.prepare()
        if let store = try database.find(name.rawValue), try store.destination() == nil {
            throw LogError(
                .alreadyExists,
                "\(words) has an agenda \(name) already, which goes on there; nothing was moved"
            )
        }
        guard let store = try database.find(arrival) else { return try database.create(arrival, identity) }
        guard store.identity == identity else {
            throw LogError(.alreadyExists, "another log \(name) arrives in \(words); let its move end first")
        }
        return store
    }

    /// What was left here before is kept under another name.
    package func open() throws { try database.rename(arrival, to: name.rawValue) }

    var arrival: String { "\(AgendaDatabase.arrivingPrefix)\(name)" }
}
