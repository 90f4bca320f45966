import AgendaModel
import EventLogSQLite
import Files
import Foundation

/// Looks at a folder, and notes what is wrong.
///
/// Changes nothing.
struct Examination {
    enum Kind: String {
        case data
        case agenda
        case replica

        var words: String {
            switch self {
            case .data: "data folder"
            case .agenda: "agenda"
            case .replica: "replica"
            }
        }
    }

    let folder: String
    /// Where backups are kept; nil when nobody said.
    let backups: String?
    /// The database that holds the logs; nil for the data folder.
    let store: StoreAddress?
    private(set) var kind = Kind.replica
    private(set) var findings: [DoctorFinding] = []
    /// Whether the command that replaces a damaged replica takes along what has not been sent.
    var takesUnsentAlong = false

    init(of folder: String, backups: String?, store: StoreAddress?) {
        self.store = store
        self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        self.backups = backups
    }

    mutating func note(
        _ word: DoctorFinding.Word,
        at place: String,
        _ what: String,
        meaning: String,
        command: String
    ) {
        findings.append(DoctorFinding(finding: word, place: place, what: what, meaning: meaning, command: command))
    }

    /// A command that begins with sudo, without it for root, whose machine may have none.
    static func asRoot(_ command: String) -> String {
        FileOwner.isRoot ? String(command.dropFirst("sudo ".count)) : command
    }

    /// - Throws: `Failure` for a folder that is none of Ambit's.
    mutating func run() throws {
        guard FileEntry(folder).exists else {
            throw Failure("\(folder) does not exist; check the path", code: "not-found")
        }
        guard let found = try kindOfFolder() else { return }
        kind = found
        // Without leave, or without a place for what SQLite keeps beside a file, nothing more can be seen.
        guard noteOwners(), noteReadOnlyDisk(), noteSpace() else { return }
        switch kind {
        case .data:
            let data = DataFolder(at: folder)
            noteLeftovers(in: data.agendasPath)
            let names = try Folder(data.agendasPath).names().sorted().compactMap(AgendaName.init(rawValue:))
            if let store { return try examine(names, in: data, and: store) }
            for name in names { try examine(name, in: data) }
        case .agenda:
            let path = URL(filePath: folder).standardizedFileURL
            let data = path.deletingLastPathComponent().deletingLastPathComponent().path
            guard let name = AgendaName(rawValue: path.lastPathComponent) else {
                throw Failure(
                    "\(folder) stands where an agenda stands, and no agenda can be called that. Give it back its name, or move "
                        + "it away.",
                    code: "not-a-folder-of-ambit"
                )
            }
            if let store { return try examine([name], in: DataFolder(at: data), and: store) }
            try examine(name, in: DataFolder(at: data))
        case .replica:
            try examineReplica()
        }
    }

    /// nil, with a finding, where this user may not look.
    private mutating func kindOfFolder() throws -> Kind? {
        do {
            if let kind = try Self.kind(of: folder) { return kind }
        } catch let error as FileError where error.code == .readOnly {
            note(
                .noPermission,
                at: folder,
                "may not be read by this user",
                meaning: "Nothing can be said about what is in it.",
                command: "sudo ambit doctor \(ShellWord.quoted(folder))"
            )
            return nil
        }
        throw Failure(
            "\(folder) is neither a data folder of a server, nor an agenda in one, nor a replica. ambit agenda create makes "
                + "the first, ambit clone the last.",
            code: "not-a-folder-of-ambit"
        )
    }

    /// nil for a folder that is none of Ambit's.
    static func kind(of folder: String) throws -> Kind? {
        let names = Set(try Folder(folder).names())
        if names.contains("agendas") { return .data }
        let isInData =
            URL(filePath: folder).standardizedFileURL.deletingLastPathComponent().lastPathComponent == "agendas"
        if isInData, !names.isDisjoint(with: ["log.key", "log.seen"]) { return .agenda }
        if !names.isDisjoint(with: ["log.sqlite", "token", "device.key", "enrolment.json"]) { return .replica }
        return nil
    }
}
