import AgendaModel
import EventLog

/// What `ambit verify` found where everything is sound.
struct VerifyFinding: Encodable {
    /// `replica`, `server` or `mirror`.
    var kind: String
    var origin: String
    var verifierKey: String
    /// Whether the key was given, and not taken from what was checked.
    var pinned: Bool
    var size: LogSize
    var root: String
    /// Of the state that the whole log folds into.
    var digest: String
    /// Entries that were erased, each justified by a redaction.
    var erased = 0
    /// Entries that were to be erased and still hold their data.
    var kept = 0
    /// Checkpoints that are stored; none for a mirror.
    var checkpoints: Int?
    /// Files of a mirror.
    var files: Int?
    var beyond: Int?
    var staged: Int?
    var outbox: Int?
    /// `sound`, `missing`, `unused` when they are of another version, `behind` when entries were erased since.
    var readModels: String?
    /// Signatures of devices that hold.
    var signatures = 0
    /// Signatures of devices whose keys were erased.
    var unverifiable = 0
    var unsigned: [Unsigned] = []
    /// The first entry with a time from the future; nil when there is none.
    var ahead: Position?
    /// The size of the checkpoint from elsewhere.
    var extends: LogSize?
    /// Who cosigned the checkpoint; nil when nobody had to.
    var cosigned: [CosignedBy]?

    /// Entries of a device that it has not vouched for.
    struct Unsigned: Encodable {
        var device: DeviceID
        var count: Int
        var since: String
        var position: Position
        var hasKey: Bool
    }

    mutating func add(_ authors: AuthorsCheck) {
        signatures = authors.authorship.signatures
        unverifiable = authors.authorship.unverifiable
        unsigned = authors.authorship.unsigned.map {
            Unsigned(
                device: $0.device,
                count: $0.count,
                since: $0.recordedTime.description,
                position: $0.position,
                hasKey: $0.hasKey
            )
        }
    }

    /// For people.
    var lines: [[String]] {
        var lines = [
            ["sound", "\(kind) of \(origin)"],
            ["key", pinned ? "the one that was given" : "the one that is stored with it: \(verifierKey)"],
            ["entries", "\(size)"],
            ["root", root],
            ["digest", digest],
        ]
        lines.append(["erased", "\(erased)" + (erased == 0 ? "" : ", each because of a redaction in the log")])
        if kept > 0 {
            lines.append(["not erased", "\(kept) that a redaction is about, and that still hold their data"])
        }
        if let checkpoints { lines.append(["checkpoints", "\(checkpoints), each signed for these entries"]) }
        if let files { lines.append(["files", "\(files)"]) }
        if let beyond, beyond > 0 {
            lines.append(["beyond", "\(beyond) files that the checkpoint does not cover yet"])
        }
        if let extends { lines.append(["extends", "the checkpoint of size \(extends) that was given"]) }
        for witness in cosigned ?? [] { lines.append(["cosigned", witness.words]) }
        if let readModels { lines.append(["read models", Self.words[readModels] ?? readModels]) }
        if let staged, staged > 0 { lines.append(["staged", "\(staged) segments that no checkpoint covers yet"]) }
        if let outbox, outbox > 0 { lines.append(["outbox", "\(outbox) events that are not in the log"]) }
        lines.append(["signatures", "\(signatures) of devices"])
        if let ahead {
            lines.append(["future", "from entry \(ahead) on, recorded times are ahead of this machine's clock"])
        }
        if unverifiable > 0 {
            lines.append(["unverifiable", "\(unverifiable) signatures of devices whose keys were erased"])
        }
        for device in unsigned {
            let key = device.hasKey ? "" : ", without a key"
            lines.append([
                "unsigned", "\(device.count) of \(device.device)\(key), from entry \(device.position), \(device.since)",
            ])
        }
        return lines
    }

    private static let words = [
        "sound": "as the entries make them",
        "missing": "none; they are made when they are needed",
        "behind": "not compared: entries were erased since; the next command brings them up to date",
        "unused": "of another version; they are made anew when they are needed",
    ]
}
