import AgendaModel
import ArgumentParser
import Projections
import SyncClient
import Wording

/// What a sync did, for people and for programs.
struct SyncReport: Encodable {
    private var size: LogSize
    private var pulled: Int
    private var accepted: Int
    private var refused: Int
    /// With those of earlier times.
    private var refusedHere: Int
    /// There when there are some.
    private var notLetThrough: [Int]?
    /// There when it is not 0.
    private var overtaken: Int?
    private var retries: Int
    private var badSignatures: [BadSignatureAnswer]?
    /// The fields that are in conflict since this sync; there when there are some.
    private var conflicts: [Place]?
    private var device: DeviceID
    /// There when the sync made the replica another device.
    private var formerDevice: DeviceID?
    private var moved: Int?
    private let scrubFailures: [ReplicaError]
    private let recordedAhead: String?
    /// In milliseconds.
    private let clockLead: Int?
    /// The same fields, in words.
    private let conflictWords: [String]

    private struct Place: Encodable {
        var path: String
        var subject: String
    }

    private enum CodingKeys: String, CodingKey {
        case size, pulled, accepted, refused, refusedHere, notLetThrough, overtaken, retries, badSignatures, conflicts,
            device,
            formerDevice,
            moved
    }

    /// - Parameters:
    ///   - summary: what was done.
    ///   - replica: where; its state counts.
    ///   - before: what was in conflict before; nil where nobody looked.
    /// - Throws: what reading the replica throws.
    init(_ summary: SyncSummary, of replica: Replica, before: Set<ConflictPlace>? = nil) throws {
        let new = try before.map { try replica.conflictPlaces().subtracting($0).sorted { $0.text < $1.text } } ?? []
        conflicts = new.isEmpty ? nil : new.map { Place(path: $0.path, subject: $0.subject) }
        conflictWords = try replica.words(new, Localizer(.spoken))
        size = summary.size
        pulled = summary.pulled
        accepted = summary.accepted
        refused = summary.refused
        notLetThrough = summary.notLetThrough.isEmpty ? nil : summary.notLetThrough
        let status = try replica.status()
        refusedHere = status.refused
        recordedAhead = status.recordedAhead
        clockLead = status.clockLead
        overtaken = summary.overtaken > 0 ? summary.overtaken : nil
        retries = summary.retries
        badSignatures = BadSignatureAnswer.list(summary.badSignatures)
        device = try replica.settings.device
        formerDevice = summary.deviceChange?.former
        moved = summary.deviceChange?.moved
        scrubFailures = summary.scrubFailures
    }

    /// That something in between refuses events, which it names.
    static func warning(notLetThrough ids: [Int]) -> String {
        "something between here and the server, such as a proxy, refuses these events: \(ids.map(String.init).joined(separator: ", ")); "
            + "all others are sent; ambit refused shows them, ambit refused retry sends them from another network"
    }

    /// - Throws: the exit code for refused events.
    func print(_ output: OutputOptions) throws {
        try show(asJSON: output.json)
        if refused > 0 || notLetThrough != nil { throw ExitCode(3) }
    }

    func show(asJSON isJSON: Bool) throws {
        if isJSON {
            try Output.json(self)
        } else {
            // What was pulled has in it what was sent.
            let received = number(max(0, pulled - accepted))
            let count = number(size.rawValue)
            Output.line(localizer.message(.syncDone, ["sent": number(accepted), "received": received, "count": count]))
        }
        for bad in badSignatures ?? [] { Output.note("ambit: \(bad.explanation)") }
        for failure in scrubFailures { Output.note("ambit: \(failure)") }
        if let recordedAhead { Output.note("ambit: \(localizer.message(.logAhead, ["time": recordedAhead]))") }
        if let clockLead { Output.note("ambit: \(localizer.clockAhead(by: clockLead))") }
        if let overtaken {
            Output.note(
                overtaken == 1
                    ? "ambit: 1 of your events has no effect: somebody else has withdrawn what it is about; ambit conflicts lists it"
                    : "ambit: \(overtaken) of your events have no effect: somebody else has withdrawn what they are about; ambit "
                        + "conflicts lists them"
            )
        }
        if !conflictWords.isEmpty {
            let message: Message = conflictWords.count == 1 ? .conflictsCameOne : .conflictsCameMany
            let fields = localizer.list(conflictWords, atMost: 5)
            let values = ["count": number(conflictWords.count), "fields": fields]
            Output.note("ambit: \(localizer.message(message, values))")
        }
        if let notLetThrough { Output.note("ambit: \(Self.warning(notLetThrough: notLetThrough))") }
        if refused > 0 {
            let message: Message = refused == 1 ? .refusedNowOne : .refusedNowMany
            Output.note("ambit: \(localizer.message(message, ["count": number(refused)]))")
        } else if refusedHere > (notLetThrough?.count ?? 0) {
            Output.note("ambit: \(localizer.stillRefused(refusedHere))")
        }
    }

    private var localizer: Localizer { Localizer(.spoken) }

    private func number(_ count: Int) -> String { localizer.number("\(count)") }
}
