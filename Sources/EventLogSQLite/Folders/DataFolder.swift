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
        let folder = folder(of: name)
        try StorageFailure.translating {
            try Folder(path).make()
            try Folder(agendasPath).make()
            guard !FileEntry(folder).exists else { throw nameTaken(name) }
            try make(folder, called: name, key: key)
            try Folder(agendasPath).sync()
        }
        return try open(name)
    }

    private func make(_ folder: String, called name: AgendaName, key: LogKey) throws {
        // Hidden until it is complete; the hyphen-free prefix cannot be an agenda's name.
        let temporary = "\(agendasPath)/.new.\(name).\(UInt64.random(in: .min ... .max))"
        try Folder(temporary).make()
        do {
            let identity = LogIdentity(origin: key.origin, verifierKey: key.verifier)
            try SQLiteLogStore.create(at: "\(temporary)/log.sqlite", identity: identity).close()
            try SecretFile.write(KeyText.text(of: key), at: "\(temporary)/log.key")
            let seen = SeenFile(at: "\(temporary)/log.seen")
            try seen.update { _ in .nothing }
            try seen.sync()
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

    /// Opens an agenda by a name that somebody gave.
    ///
    /// - Throws: `malformed` for an odd name, and as `open(_:)`.
    package func open(named text: String) throws -> Agenda {
        guard let name = AgendaName(rawValue: text) else {
            throw LogError(
                .malformed,
                "an agenda's name has 1 to 63 characters of a-z, 0-9 and hyphen, and no hyphen at its ends"
            )
        }
        return try open(name)
    }

    /// - Throws: `notFound`, and what opening the log throws; `badSignature` when the key file is not the log's.
    package func open(_ name: AgendaName) throws -> Agenda {
        let folder = folder(of: name)
        guard FileEntry(folder).exists else {
            throw LogError(.notFound, "there is no agenda \(name) in \(path); ambit agenda list shows those that are")
        }
        let store = try SQLiteLogStore(at: "\(folder)/log.sqlite")
        do {
            let keyPath = "\(folder)/log.key"
            let key = try KeyText.key(
                in: try StorageFailure.translating { try SecretFile.read(keyPath) },
                origin: store.identity.origin,
                path: keyPath
            )
            guard key.verifier == store.identity.verifierKey else {
                throw LogError(
                    .badSignature,
                    "\(keyPath) is the key of another log; put back the one made with this agenda"
                )
            }
            return Agenda(
                store: store,
                key: key,
                seen: SeenFile(at: "\(folder)/log.seen"),
                statePath: "\(folder)/state.sqlite"
            )
        } catch {
            try? store.close()
            throw error
        }
    }

    /// The names of the agendas, sorted.
    ///
    /// - Throws: `notFound` when there is no such folder, `readOnly` without permission.
    package func list() throws -> [AgendaName] {
        try StorageFailure.translating {
            try names()
                .compactMap { AgendaName(rawValue: $0) }
                .filter { FileEntry("\(self.folder(of: $0))/log.sqlite").exists }
                .sorted()
        }
    }

    /// What stands where the agendas are; nothing in a data folder that has never held one.
    private func names() throws -> [String] {
        do {
            return try Folder(agendasPath).names()
        } catch let error as FileError where error.code == .notFound && !FileEntry(agendasPath).exists {
            // Throws where it is the data folder that is missing, or is none.
            _ = try Folder(path).names()
            return []
        }
    }

    private var agendasPath: String { "\(path)/agendas" }

    private func folder(of name: AgendaName) -> String { "\(agendasPath)/\(name)" }

    private func nameTaken(_ name: AgendaName) -> LogError {
        LogError(.alreadyExists, "there is an agenda \(name) in \(path) already; choose another name")
    }
}

/// The form of `log.key`: a line that says what it is, then the seed in base64.
private enum KeyText {
    static let header = "ambit-log-key/v1"

    static func text(of key: LogKey) -> String {
        "\(header)\n\(Base64.encode(key.seed))\n"
    }

    static func key(in text: String, origin: String, path: String) throws -> LogKey {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 3, lines[2].isEmpty, lines[0] == header, let seed = Base64.decode(lines[1]) else {
            throw LogError(
                .malformed,
                "\(path) is no log key (\(header), then base64); put back the file that was made"
            )
        }
        return try LogKey(origin: origin, seed: seed)
    }
}
