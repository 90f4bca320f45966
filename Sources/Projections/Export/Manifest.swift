package import AgendaModel
package import EventLog

/// What an export is of, and what it can be held against.
package struct Manifest: Hashable, Sendable {
    package var origin: String
    package var size: LogSize
    /// Of the tree over the first `size` entries.
    package var root: Hash
    /// Of the state at `size`, with everything in it; hexadecimal, as everywhere outside.
    package var digest: Hash
    /// The signed note of exactly this size, when the log (still) has one.
    package var checkpoint: String?
    /// `<name> <version>`.
    package var software: String

    package init(of log: any LogReader, at size: LogSize, digest: Hash, software: String = Software.description) throws
    {
        origin = log.identity.origin
        self.size = size
        root = try TimeTravel.root(of: log, at: size)
        self.digest = digest
        let signed = try log.checkpoint(atMost: size)
        checkpoint = signed?.checkpoint.size == size ? signed?.note : nil
        self.software = software
    }

    /// One line of JSON with a newline, for a file beside the export.
    package var json: [UInt8] {
        let note = checkpoint.map { "\"checkpoint\":".utf8 + JSONString.quoted($0) + ",".utf8 } ?? []
        return "{".utf8 + note + members + ",\"software\":".utf8 + JSONString.quoted(software) + "}\n".utf8
    }

    /// The members that are the same whenever and wherever this size is exported.
    ///
    /// Not the note: a log keeps only some of its checkpoints.
    var members: [UInt8] {
        "\"digest\":\"\(digest)\",\"origin\":".utf8 + JSONString.quoted(origin)
            + ",\"root\":\"\(root.base64)\",\"size\":\(size)".utf8
    }

    /// Those of them that everybody may have.
    var openMembers: [UInt8] { "\"origin\":".utf8 + JSONString.quoted(origin) + ",\"size\":\(size)".utf8 }
}
