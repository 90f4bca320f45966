internal import EventLog
internal import Files

/// What tells that a folder is a laptop's copy of an agenda.
enum ReplicaMarks {
    private static let names = ["log.sqlite", "token", "device.key", "enrolment.json"]

    /// Nothing else is made in such a folder: commands would take it for one thing or the other.
    ///
    /// - Throws: `LogError` with `alreadyExists` for such a folder.
    static func refuse(_ path: String) throws {
        guard let name = names.first(where: { FileEntry("\(path)/\($0)").exists }) else { return }
        throw LogError(
            .alreadyExists,
            "\(path) has \(name), as a laptop's copy of an agenda or one log has: choose another folder, or an empty one"
        )
    }
}
