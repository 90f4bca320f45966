import AgendaModel
import EventLog
import Wording

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
    func lines(_ localizer: Localizer) -> [[String]] {
        func say(_ message: Message, _ values: [String: String] = [:]) -> String { localizer.message(message, values) }
        func count(_ message: Message, _ count: Int) -> String { say(message, ["count": "\(count)"]) }
        var lines = [
            [say(.verifySound), say(Self.kinds[kind] ?? .replicaOf, ["origin": origin])],
            [say(.verifyKey), pinned ? say(.keyGiven) : say(.keyStored, ["key": verifierKey])],
            [say(.verifyEntries), "\(size)"],
            [say(.verifyRoot), root],
            [say(.verifyDigest), digest],
            [say(.verifyErased), erased == 0 ? "0" : count(.allErased, erased)],
        ]
        if kept > 0 { lines.append([say(.verifyKept), count(.keptData, kept)]) }
        if let checkpoints { lines.append([say(.verifyCheckpoints), count(.checkpointsSigned, checkpoints)]) }
        if let files { lines.append([say(.verifyFiles), "\(files)"]) }
        if let beyond, beyond > 0 { lines.append([say(.verifyBeyond), count(.filesBeyond, beyond)]) }
        if let extends { lines.append([say(.verifyExtends), say(.extendsGiven, ["size": "\(extends)"])]) }
        for witness in cosigned ?? [] { lines.append([say(.provenCosigned), witness.words(localizer)]) }
        if let model = readModels.flatMap({ Self.models[$0] }) { lines.append([say(.verifyReadModels), say(model)]) }
        if let staged, staged > 0 { lines.append([say(.verifyStaged), count(.segmentsStaged, staged)]) }
        if let outbox, outbox > 0 { lines.append([say(.verifyOutbox), count(.eventsOutside, outbox)]) }
        lines.append([say(.verifySignatures), count(.signaturesCount, signatures)])
        if let ahead { lines.append([say(.verifyFuture), say(.timesAhead, ["position": "\(ahead)"])]) }
        if unverifiable > 0 { lines.append([say(.verifyUnverifiable), count(.signaturesWithoutKeys, unverifiable)]) }
        for device in unsigned {
            let values = [
                "count": "\(device.count)", "device": "\(device.device)", "position": "\(device.position)",
                "since": device.since,
            ]
            let message: Message = device.hasKey ? .unsignedOfDevice : .unsignedWithoutKey
            lines.append([say(.verifyUnsigned), say(message, values)])
        }
        return lines
    }

    private static let kinds: [String: Message] = ["replica": .replicaOf, "server": .serverOf, "mirror": .mirrorOf]

    private static let models: [String: Message] = [
        "sound": .modelsSound, "missing": .modelsMissing, "behind": .modelsBehind, "unused": .modelsUnused,
    ]
}
