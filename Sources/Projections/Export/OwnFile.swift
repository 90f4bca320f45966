internal import Files
internal import SQLiteFiles

/// Files of Ambit's own, in whose place or into which no output may be written: what is in them exists nowhere else.
enum OwnFile {
    /// In a replica's folder, an agenda's, or a witness's.
    private static let names: Set<String> = [
        "log.sqlite", "state.sqlite", "state.sqlite.aside", "state.sqlite.snapshots", "log.key", "log.seen",
        "devices.seen", "token", "device.key", "device.key.next", "enrolment.json", "sync.lock", "witness.key", "lock",
    ]
    private static let unfinished = ["device.key", "enrolment.json"]
    private static let markers = ["log.sqlite", "log.key", "witness.key"]

    /// - Parameters:
    ///   - file: where output is to go.
    ///   - folders: those that the command reads: their files are known whatever else they are called.
    /// - Throws: `ProjectionError` with `ownFile`.
    static func check(_ file: OutputFile, sparing folders: [String]) throws {
        guard isOwn(file, folders) else { return }
        throw ProjectionError(
            .ownFile,
            "\(file.target) is a file that Ambit keeps its data in; nothing was written: choose another name"
        )
    }

    private static func isOwn(_ file: OutputFile, _ folders: [String]) -> Bool {
        let folder = Folder.path(containing: file.target)
        // What a witness remembers is called after logs, and what it has against them stands in a folder of its own.
        if [folder, Folder.path(containing: folder)].contains(where: { hasMark("\($0)/witness.key") }) { return true }
        let name = String(file.target.split(separator: "/").last ?? "")
        let base = SideFiles.suffixes.first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } ?? name
        if names.contains(base), markers.contains(where: { hasMark("\(folder)/\($0)") }) { return true }
        // A clone that was cut off has nothing else yet.
        if unfinished.contains(base), unfinished.allSatisfy({ FileEntry("\(folder)/\($0)").exists }) { return true }
        guard let identity = file.identity else { return false }
        for folder in folders {
            for name in names.flatMap(SideFiles.all)
            where FileIdentity("\(folder)/\(name)") == identity {
                return true
            }
        }
        return hasMark(file.target) || (base != name && hasMark("\(folder)/\(base)"))
    }

    /// Whether a file's first bytes say that it is one of Ambit's, whatever it is called and wherever it stands.
    private static func hasMark(_ path: String) -> Bool {
        guard let head = try? ReadableFile(path).prefix(72) else { return false }
        if head.starts(with: Array("SQLite format 3\0".utf8)), head.count == 72 {
            // The application ids of the log and of the state: https://www.sqlite.org/fileformat.html#application_id
            return ["Ambt", "AmbS"].contains { head[68..<72].elementsEqual($0.utf8) }
        }
        return ["ambit-log-key/", "ambit-log-seen/", "ambit-witness-key/"].contains {
            head.starts(with: Array($0.utf8))
        }
    }
}
