import AgendaModel
import EventLogSQLite
import Files
import Foundation

extension Examination {
    /// Holds the owners of all files against that of the folder.
    ///
    /// - Returns: whether this user may go on looking.
    mutating func noteOwners() -> Bool {
        guard let owner = FileOwner(of: folder) else { return true }
        let paths = Self.paths(below: folder, depth: 3)
        let others = paths.filter { path in FileOwner(of: path).map { $0.user != owner.user } ?? false }
        if let first = others.first {
            let quoted = ShellWord.quoted(folder)
            note(
                .wrongOwner,
                at: first,
                others.count == 1
                    ? "belongs to another user" : "belongs to another user, as is so of \(others.count - 1) more",
                meaning: "The folder is user \(owner.user)'s. Whoever runs as that user cannot use these files.",
                command: Self.asRoot("sudo chown -RH --reference=\(quoted) \(quoted)")
            )
        }
        // What has gone since it was listed, as SQLite's files beside a database do in use, is nobody's matter.
        let closed = ([folder] + paths).filter { FileEntry($0).isForbidden }
        guard let first = closed.first else { return true }
        note(
            .noPermission,
            at: first,
            "may not be read by this user",
            meaning: "Not everything can be looked at.",
            command: owner.isThisUser
                ? "chmod u+rwX \(ShellWord.quoted(first))" : "sudo ambit doctor \(ShellWord.quoted(folder))"
        )
        return false
    }

    /// Holds a secret against who may read it.
    mutating func noteSecret(_ path: String) {
        guard let file = try? ReadableFile(path), !file.isPrivate else { return }
        note(
            .exposedSecret,
            at: path,
            "can be read by other users of this machine",
            meaning: "It is a secret, and is not used as long as that is so. Whoever has read it may have a copy.",
            command: "chmod 600 \(ShellWord.quoted(path))"
        )
    }

    /// Says when nothing can be written, whoever tries.
    ///
    /// - Returns: whether something can.
    mutating func noteReadOnlyDisk() -> Bool {
        guard DiskSpace.isReadOnly(at: folder) else { return true }
        note(
            .diskReadOnly,
            at: folder,
            "is on a read-only disk",
            meaning:
                "Nothing can be recorded, taken or folded until the disk can be written; what is there is kept. Where nobody has "
                + "mounted it so, it may be failing: make a copy first, and see the system's log.",
            command: Self.asRoot("sudo mount -o remount,rw \"$(findmnt -n -o TARGET -T \(ShellWord.quoted(folder)))\"")
        )
        return false
    }

    /// Says when there is no room, and what can go.
    ///
    /// - Returns: whether there is room.
    mutating func noteSpace() -> Bool {
        let what: String
        if let free = DiskSpace.free(at: folder), free < DiskSpace.needed {
            what = "is on a disk with \(free) bytes left"
        } else if !DiskSpace.hasRoom(in: folder) {
            what = "is on a disk that takes nothing more from this user, whatever room is left: a quota may be used up"
        } else {
            return true
        }
        let meaning =
            "Nothing can be recorded, taken or folded until there is room. Nothing is half written. "
            + "Ambit goes on by itself then."
        note(
            .diskFull,
            at: folder,
            what,
            meaning: meaning,
            command: dispensable().map { "rm \($0.map(ShellWord.quoted).joined(separator: " "))" }
                ?? Self.asRoot("sudo du -xah \(ShellWord.quoted(folder)) / 2>/dev/null | sort -h | tail -n 40")
        )
        return false
    }

    /// What could be removed to make room: logs that were replaced, and backups but for the two newest of each log.
    private func dispensable() -> [String]? {
        var found = Self.paths(below: folder, depth: 3).filter { $0.contains("/log.sqlite.replaced-") }
        if let backups, FileIdentity(backups)?.isOnDisk(of: folder) == true {
            let folder = BackupFolder(at: backups)
            let names = ((try? Folder(backups).names()) ?? []).compactMap(AgendaName.init(rawValue:))
            found += names.flatMap { (try? folder.dispensable(of: $0))?.map(\.path) ?? [] }
        }
        return found.isEmpty ? nil : found.sorted()
    }

    /// Notes what a command left that was cut off while it made an agenda.
    mutating func noteLeftovers(in agendas: String) {
        for name in ((try? Folder(agendas).names()) ?? []).sorted() where name.hasPrefix(".new.") {
            let path = "\(agendas)/\(name)"
            let time = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            // It takes seconds to make one.
            guard let time, time.timeIntervalSinceNow < -600 else { continue }
            note(
                .leftOver,
                at: path,
                "was left by a command that was cut off",
                meaning: "An agenda was being made, and is not there. Nobody uses this folder.",
                command: "rm -r \(ShellWord.quoted(path))"
            )
        }
    }

    /// Notes a process that holds a lock, and has been stopped: it would hold it for ever.
    mutating func noteStoppedHolder(of lock: String) {
        guard let process = LockHolder.stopped(holding: lock) else { return }
        note(
            .stoppedProcess,
            at: lock,
            "is held by process \(process), which is stopped",
            meaning: "No other sync can begin. Ending it loses nothing: what it has done is stored.",
            command: "kill -KILL \(process)"
        )
    }

    private static func paths(below folder: String, depth: Int) -> [String] {
        let names = (try? Folder(folder).names()) ?? []
        return names.sorted().flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            return [path] + (depth > 1 && Folder(path).isReal ? paths(below: path, depth: depth - 1) : [])
        }
    }
}
