package import AgendaModel
package import EventLog
internal import Files

extension DataFolder {
    /// What stands in the folder of an agenda whose log is in another store: all that is this server's own.
    package struct Beside: Sendable {
        package var key: LogKey
        /// How much of the log this server has shown.
        package var seen: SeenFile
        /// Where the read models go.
        ///
        /// The file may not exist.
        package var statePath: String
    }

    /// Makes the folder of an agenda whose log is in another store: whole, or nothing is left of it.
    ///
    /// - Throws: as `create`.
    package func createBeside(_ name: AgendaName, key: LogKey) throws -> Beside {
        try make(name, key: key) { _ in }
        return try beside(name, holding: LogIdentity(origin: key.origin, verifierKey: key.verifier))
    }

    /// Whether an agenda has a folder that may be one of those whose log is elsewhere.
    package func hasFolder(of name: AgendaName) -> Bool { FileEntry(folder(of: name)).exists }

    /// Opens what this server keeps beside the log of another store.
    ///
    /// - Throws: `notFound` without the log's key, `badSignature` for another log's, and for a log of another name;
    ///   `alreadyExists` where a log stands in the folder too: one of the two is not the agenda's.
    package func beside(_ name: AgendaName, holding identity: LogIdentity) throws -> Beside {
        try checkIsFree(name)
        let folder = folder(of: name)
        return Beside(
            key: try key(of: name, for: identity),
            seen: SeenFile(at: "\(folder)/log.seen"),
            statePath: "\(folder)/state.sqlite"
        )
    }

    /// - Throws: `alreadyExists` where a log goes on in the agenda's folder.
    func checkIsFree(_ name: AgendaName) throws {
        guard try place(of: name).isFree else {
            throw LogError(
                .alreadyExists,
                "\(folder(of: name)) has a log.sqlite that goes on there, besides the log in --store; only one of them can be "
                    + "served"
            )
        }
    }
}
