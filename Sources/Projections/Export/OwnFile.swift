internal import Files
internal import SQLiteFiles

/// Files of Ambit's own, in whose place or into which no output may be written: what is in them exists nowhere else.
enum OwnFile {
    /// In a replica's folder, an agenda's, or a witness's.
    private static let names: Set<String> = [
        "log.sqlite", "log.sqlite.arriving", "log.sqlite.replacing", "log.sqlite.restoring", "state.sqlite",
        "state.sqlite.aside", "state.sqlite.snapshots", "log.key", "log.key.replacing", "log.seen", "devices.seen",
        "token", "device.key", "device.key.next", "enrolment.json", "sync.lock", "witness.key", "lock",
    ]
    private static let unfinished = ["device.key", "enrolment.json"]
    private static let markers = ["log.sqlite", "log.key", "witness.key"]
    /// Around a mirror's files, as many folders as any path has.
    private static let maximumDepth = 256

    /// - Parameters:
    ///   - file: where output is to go.
    ///   - folders: those that the command reads: their files are known whatever else they are called.
    ///   - inputs: other files that the command reads.
    /// - Throws: `ProjectionError` with `ownFile`.
    static func check(_ file: OutputFile, sparing folders: [String], keeping inputs: [String]) throws {
        if let identity = file.identity,
            inputs.contains(where: { FileEntry($0).isFile && FileIdentity($0) == identity })
        {
            throw ProjectionError(
                .ownFile,
                "\(file.target) is what this command reads; nothing was written: choose another name"
            )
        }
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
        if isInMirror(folder) { return true }
        let name = String(file.target.split(separator: "/").last ?? "")
        let base = SideFiles.suffixes.first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } ?? name
        if names.contains(base), markers.contains(where: { hasMark("\(folder)/\($0)") }) { return true }
        // A clone that was cut off has nothing else yet.
        if unfinished.contains(base), unfinished.allSatisfy({ FileEntry("\(folder)/\($0)").exists }) { return true }
        // SQLite takes it for a part of the database beside it, also where there is no such file at the moment.
        if base != name, hasMark("\(folder)/\(base)") { return true }
        guard let identity = file.identity else { return false }
        for folder in folders {
            for name in names.flatMap(SideFiles.all)
            where FileIdentity("\(folder)/\(name)") == identity {
                return true
            }
        }
        return hasMark(file.target)
    }

    /// Whether a folder, or one around it, is a mirror: whatever is in there is given out, and held against the log.
    private static func isInMirror(_ folder: String) -> Bool {
        var place = folder
        for _ in 0..<maximumDepth {
            if FileEntry("\(place)/.mirror.lock").exists { return true }
            // The one around all has itself around it.
            guard let here = FileIdentity(place), FileIdentity("\(place)/..") != here else { return false }
            place += "/.."
        }
        return false
    }

    /// Whether a file's first bytes say that it is one of Ambit's, whatever it is called and wherever it stands.
    private static func hasMark(_ path: String) -> Bool {
        guard let head = try? FileBeginning.read(72, of: path) else { return false }
        if head.starts(with: Array("SQLite format 3\0".utf8)), head.count == 72 {
            // The application ids of the log and of the state: https://www.sqlite.org/fileformat.html#application_id
            return ["Ambt", "AmbS"].contains { head[68..<72].elementsEqual($0.utf8) }
        }
        return ["ambit-log-key/", "ambit-log-seen/", "ambit-witness-key/"].contains {
            head.starts(with: Array($0.utf8))
        }
    }
}
