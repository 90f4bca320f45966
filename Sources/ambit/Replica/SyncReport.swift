import AgendaModel
import ArgumentParser
import SyncClient
import Wording

/// What a sync did, for people and for programs.
struct SyncReport: Encodable {
    private var size: Int
    private var pulled: Int
    private var accepted: Int
    private var refused: Int
    /// With those of earlier times.
    private var refusedHere: Int
    private var retries: Int
    private var badSignatures: [BadSignatureAnswer]?
    private var device: DeviceID
    /// There when the sync made the replica another device.
    private var formerDevice: DeviceID?
    private var moved: Int?
    private let scrubFailures: [ReplicaError]
    private let recordedAhead: String?

    private enum CodingKeys: String, CodingKey {
        case size, pulled, accepted, refused, refusedHere, retries, badSignatures, device, formerDevice, moved
    }

    init(_ summary: SyncSummary, of replica: Replica) throws {
        size = summary.size
        pulled = summary.pulled
        accepted = summary.accepted
        refused = summary.refused
        let status = try replica.status()
        refusedHere = status.refused
        recordedAhead = status.recordedAhead
        retries = summary.retries
        badSignatures = BadSignatureAnswer.list(summary.badSignatures)
        device = try replica.settings.device
        formerDevice = summary.deviceChange?.former
        moved = summary.deviceChange?.moved
        scrubFailures = summary.scrubFailures
    }

    /// That a server's clock and this laptop's cannot both be right.
    static func warning(_ recordedAhead: String) -> String {
        "the log's last entry was recorded at \(recordedAhead), far ahead of this laptop's clock: one of the two is wrong; put this "
            + "one right, or tell the server's administrator"
    }

    /// - Throws: the exit code for refused events.
    func print(_ output: OutputOptions) throws {
        try show(asJSON: output.json)
        if refused > 0 { throw ExitCode(3) }
    }

    func show(asJSON isJSON: Bool) throws {
        if isJSON {
            try Output.json(self)
        } else {
            Output.line("sent \(accepted), received \(pulled); the log has \(size) events, verified")
        }
        for bad in badSignatures ?? [] { Output.note("ambit: \(bad.explanation)") }
        for failure in scrubFailures { Output.note("ambit: \(failure)") }
        if let recordedAhead { Output.note("ambit: \(Self.warning(recordedAhead))") }
        if refused > 0 {
            Output.note("ambit: the server refused \(refused) events; ambit refused says why, and they are kept here")
        } else if refusedHere > 0 {
            Output.note("ambit: \(Localizer(.english).stillRefused(refusedHere))")
        }
    }
}
