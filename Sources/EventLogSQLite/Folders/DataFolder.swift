package import AgendaModel
package import EventLog
internal import Files
internal import Foundation

/// A server's data: `<path>/agendas/<name>/` with `log.sqlite`, `log.key`, `log.seen` and `state.sqlite`.
package struct DataFolder: Sendable {
    /// Where the folder is.
    package let path: String

    package init(at path: String) {
        self.path = path
    }

    /// What stands in one agenda's folder.
    package struct Agenda: Sendable {
        package var store: SQLiteLogStore
        package var key: LogKey
        /// How much of the log this server has shown.
        package var seen: SeenFile
        /// Where the read models go.
        ///
        /// The file may not exist.
        package var statePath: String
    }

    /// Makes an agenda's folder, with an empty log: whole, or nothing is left of it.
    ///
    /// Makes the data folder too when it is missing.
    ///
    /// - Throws: `alreadyExists`, `notFound`, `readOnly`, `diskFull`, `inputOutput`.
    package func create(_ name: AgendaName, key: LogKey) throws -> Agenda {
        try make(name, key: key) { folder in
            let identity = LogIdentity(origin: key.origin, verifierKey: key.verifier)
            try SQLiteLogStore.create(at: "\(folder)/log.sqlite", identity: identity).close()
        }
        return try open(name)
    }

    /// Makes an agenda's folder: whole, or nothing is left of it.
    ///
    /// - Parameters:
    ///   - name: the agenda's.
    ///   - key: of its log.
    ///   - makeLog: is given a folder that will take the name's place, and puts the log there.
    /// - Throws: as `create`.
    func make(_ name: AgendaName, key: LogKey, log makeLog: (_ folder: String) throws -> Void) throws {
        let folder = folder(of: name)
        try makeFolders()
        try StorageFailure.translating {
            guard !FileEntry(folder).exists else { throw nameTaken(name) }
            try make(folder, called: name, key: key, log: makeLog)
            try Folder(agendasPath).sync()
        }
    }

    /// Makes the data folder and the one of its agendas, where they are not there.
    ///
    /// - Throws: `alreadyExists` for a folder that holds something else of Ambit; what making them throws.
    func makeFolders() throws {
        if !FileEntry(agendasPath).exists { try ReplicaMarks.refuse(path) }
        try StorageFailure.translating {
            try Folder(path).make()
            if try Folder(agendasPath).make() { try FileOwner(of: path)?.take(agendasPath) }
        }
    }

    private func make(
        _ folder: String,
        called name: AgendaName,
        key: LogKey,
        log makeLog: (_ folder: String) throws -> Void
    ) throws {
        // Hidden until it is complete; the hyphen-free prefix cannot be an agenda's name.
        let temporary = "\(agendasPath)/.new.\(name).\(UInt64.random(in: .min ... .max))"
        try Folder(temporary).make()
        do {
            try SQLiteLogStore.checkPlace("\(temporary)/place.sqlite")
            try makeLog(temporary)
            try SecretFile.write(LogKeyFile.text(of: key), at: "\(temporary)/log.key")
            let seen = SeenFile(at: "\(temporary)/log.seen")
            try seen.update { _ in .nothing }
            try seen.sync()
            // The server may be another user than the one who makes agendas.
            try FileOwner(of: path)?.take(temporary)
            do {
                // Fails when there is another folder with something in it, so two creations cannot mix.
                try FileEntry(temporary).rename(to: folder)
            } catch let error as FileError where error.code == .alreadyExists {
                throw nameTaken(name)
            }
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
    }

    /// Opens an agenda.
    ///
    /// - Throws: `notFound`, and what opening the log throws; `badSignature` when the key file is not the log's, or the log is
    ///   another agenda's.
    package func open(_ name: AgendaName) throws -> Agenda {
        let folder = folder(of: name)
        guard FileEntry(folder).exists else {
            throw LogError(.notFound, "there is no agenda \(name) in \(path); ambit agenda list shows those that are")
        }
        let store = try SQLiteLogStore(at: "\(folder)/log.sqlite")
        do {
            if let destination = try store.destination() {
                throw SQLiteLogStore.left(store.identity.origin, for: destination)
            }
            return Agenda(
                store: store,
                key: try key(of: name, for: store.identity),
                seen: SeenFile(at: "\(folder)/log.seen"),
                statePath: "\(folder)/state.sqlite"
            )
        } catch {
            try? store.close()
            throw error
        }
    }

    /// The names of the agendas, sorted; with those of folders of which nobody can tell what is in them: whoever opens such a one
    /// is told why.
    ///
    /// - Throws: `notFound` when there is no such folder, `readOnly` without permission.
    package func list() throws -> [AgendaName] {
        try StorageFailure.translating {
            try names()
                .compactMap { AgendaName(rawValue: $0) }
                .filter { !FileEntry("\(self.folder(of: $0))/log.sqlite").isMissing }
                .sorted()
        }
    }

    /// Whether there is an agenda of this name, or nobody can tell; looks at no others.
    ///
    /// - Throws: as `list`, where the agendas' folder is not there.
    package func has(_ name: AgendaName) throws -> Bool {
        guard FileEntry("\(folder(of: name))/log.sqlite").isMissing else { return true }
        return FileEntry(agendasPath).exists ? false : try list().contains(name)
    }

    /// What stands where the agendas are; nothing in a data folder that has never held one.
    private func names() throws -> [String] {
        do {
            return try Folder(agendasPath).names()
        } catch let error as FileError where error.code == .notFound && !FileEntry(agendasPath).exists {
            // Throws where it is the data folder that is missing, or is none.
            try checkMayBecomeOne(Folder(path).names())
            return []
        }
    }

    /// A folder that has never held an agenda is taken for a data folder only as long as nothing else is in it.
    private func checkMayBecomeOne(_ names: [String]) throws {
        if names.contains("log.sqlite") {
            throw LogError(
                .notFound,
                "\(path) is no data folder but one log; a data folder has agendas in it, each in agendas/<name>"
            )
        }
        guard names.allSatisfy({ $0.hasPrefix(".") || $0 == "lost+found" }) else {
            throw LogError(
                .notFound,
                "\(path) is no data folder: it has other things and no agendas; check the path, or make an agenda in an empty "
                    + "folder with ambit agenda create"
            )
        }
    }

    /// What signs the checkpoints of an agenda's log.
    ///
    /// - Throws: `notFound`, `readOnly` when others may read it, `malformed`; `badSignature` for the key of another log, and for
    ///   a log that is not of this name: a copy of it that is served too would sign another history with one key.
    package func key(of name: AgendaName, for identity: LogIdentity) throws -> LogKey {
        guard Self.isLog(identity, of: name) else {
            throw LogError(
                .badSignature,
                "\(folder(of: name)) is for the agenda \(name), and its log is \(identity.origin): a log is served under its own "
                    + "name only; move the folder away, or give it back its name"
            )
        }
        return try LogKeyFile.read("\(folder(of: name))/log.key", of: identity)
    }

    /// Whether a log is the one of an agenda of this name, by its origin.
    package static func isLog(_ identity: LogIdentity, of name: AgendaName) -> Bool {
        identity.origin.hasSuffix("/agendas/\(name)")
    }

    package var agendasPath: String { "\(path)/agendas" }

    /// Where an agenda's files stand; there may be none.
    package func folder(of name: AgendaName) -> String { "\(agendasPath)/\(name)" }

    /// What the server has last seen of an agenda's devices; there may be no such file.
    package func devicesSeen(of name: AgendaName) -> String { "\(folder(of: name))/devices.seen" }

    /// The longest file of devices, in bytes.
    package static let devicesSeenBytes = 16 << 20

    func nameTaken(_ name: AgendaName) -> LogError {
        LogError(.alreadyExists, "there is an agenda \(name) in \(path) already; choose another name")
    }
}
