internal import AgendaModel
internal import EventLog
internal import Projections
internal import Snapshots
internal import SyncProtocol

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
    /// Over all of it: the beginning of a SHA-256, hexadecimal; nil only until it is worked out.
    private var check: String?

    init(_ snapshot: Snapshot) {
        let manifest = snapshot.manifest
        origin = manifest.origin
        size = manifest.size.rawValue
        moment = snapshot.moment?.description
        root = manifest.root.base64
        digest = manifest.digest.description
        erasures = snapshot.erasures
        check = checkOfRest
    }

    /// Whether it is as it was written.
    var isHeld: Bool { check != nil && check == checkOfRest }

    private var checkOfRest: String? {
        var rest = self
        rest.check = nil
        return (try? ProtocolJSON.encode(rest)).map { String(Hash.sha256($0).description.prefix(16)) }
    }
}
