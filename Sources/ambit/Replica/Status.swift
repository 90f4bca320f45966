import AgendaModel
import ArgumentParser
import EventLog
import SyncClient

/// `ambit status`: what is here, what has not been sent, who I am.
struct Status: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Show what this laptop has, what it has not sent yet, and who you are."
    )

    @Flag(help: "List the events that have not been sent.")
    var pending = false

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let replica = try replica.open()
        let status = try replica.status()
        if output.json {
            try Output.json(
                Answer(
                    agenda: status.settings.agenda,
                    url: status.settings.url,
                    origin: status.settings.origin,
                    device: status.settings.device,
                    member: status.settings.member,
                    role: status.role,
                    size: status.size,
                    knownServerSize: status.knownServerSize,
                    caughtUp: status.isCaughtUp,
                    pending: status.pending,
                    refused: status.refused,
                    badSignatures: BadSignatureAnswer.list(status.badSignatures),
                    lacksKey: status.lacksKey ? true : nil,
                    conflicts: status.conflicts,
                    lastSync: status.lastSync,
                    changesDevice: status.changesDevice,
                    digest: try replica.digest(),
                    events: pending ? try replica.pending().map(\.line) : nil
                )
            )
            return
        }
        Output.table([
            ["agenda", "\(status.settings.agenda) at \(status.settings.url)"],
            [
                "you",
                "\(status.settings.member) (\(status.role)) on \(status.settings.device)"
                    + (status.changesDevice ? "; another device from the next ambit sync on" : ""),
            ],
            [
                "log",
                "\(status.size) events, verified"
                    + (status.size < status.knownServerSize ? "; the server has \(status.knownServerSize)" : ""),
            ],
            ["last sync", lastSync(status.lastSync)],
            ["not sent", status.pending == 0 ? "nothing" : "\(status.pending) events; ambit sync sends them"],
            ["refused", status.refused == 0 ? "nothing" : "\(status.refused) events; see ambit refused"],
            ["conflicts", status.conflicts == 0 ? "none" : "\(status.conflicts); see ambit conflicts"],
        ])
        for bad in status.badSignatures { Output.note("ambit: \(bad.explanation)") }
        if let ahead = status.recordedAhead { Output.note("ambit: \(SyncReport.warning(ahead))") }
        if status.lacksKey {
            Output.note(
                "ambit: the file device.key is missing, damaged or another device's: what is recorded here is sent, and this "
                    + "laptop cannot sign it; put the file back, or ask an administrator for an invite and run ambit rejoin"
            )
        }
        if pending {
            Output.table(try replica.pending().map { [$0.line] }, indent: "  ")
        }
    }

    private func lastSync(_ text: String?) -> String {
        guard let text else { return "never finished" }
        let isAhead = Timestamp(text).map { $0 > RuntimeEnvironment.system.now() } ?? false
        return text + (isAhead ? ", by this laptop's clock, which was ahead then" : "")
    }

    private struct Answer: Encodable {
        var agenda: AgendaName
        var url: String
        var origin: String
        var device: DeviceID
        var member: MemberID
        var role: String
        var size: Int
        var knownServerSize: Int
        var caughtUp: Bool
        var pending: Int
        var refused: Int
        /// There when syncs have found some.
        var badSignatures: [BadSignatureAnswer]?
        /// There when it is so.
        var lacksKey: Bool?
        var conflicts: Int
        var lastSync: String?
        var changesDevice: Bool
        var digest: String
        /// The pending events' lines, with `--pending`.
        var events: [String]?
    }
}
