internal import AgendaModel
internal import EventLog
internal import Projections
internal import Snapshots

/// What is known of a snapshot once one of its files has been made; kept beside them.
struct SnapshotFacts: Codable, Sendable {
    /// The name of the log.
    var origin: String
    /// How many entries the snapshot is made of.
    var size: Int
    /// When the last of them was recorded.
    var moment: String?
    /// Of the tree over them, base64.
    var root: String
    /// Of the state, hexadecimal.
    var digest: String
    /// How many of them had been erased.
    var erasures: Int

    init(_ snapshot: Snapshot) {
        let manifest = snapshot.manifest
        origin = manifest.origin
        size = manifest.size.rawValue
        moment = snapshot.moment?.description
        root = manifest.root.base64
        digest = manifest.digest.description
        erasures = snapshot.erasures
    }
}
