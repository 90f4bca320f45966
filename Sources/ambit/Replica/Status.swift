import AgendaModel
import ArgumentParser
import EventLog
import SyncClient
import Wording

/// `ambit status`: what is here, what has not been sent, who I am.
struct Status: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Show what this laptop has, what it has not sent yet, and who you are.")
    )

    @Flag(help: .told("List the events that have not been sent."))
    var pending = false

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let replica = try replica.open()
        let status = try replica.status()
        let unsigned = try replica.unsigned()
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
                    notLetThrough: status.notLetThrough.isEmpty ? nil : status.notLetThrough,
                    badSignatures: BadSignatureAnswer.list(status.badSignatures),
                    lacksKey: status.lacksKey ? true : nil,
                    unsigned: unsigned.map { Unsigned(count: $0.count, since: $0.since?.description) },
                    conflicts: status.conflicts,
                    overtaken: OvertakenAnswer.list(status.overtaken),
                    lastSync: status.lastSync,
                    changesDevice: status.changesDevice,
                    digest: try replica.digest(),
                    events: pending ? try replica.pending().map(\.line) : nil
                )
            )
            return
        }
        let localizer = language.localizer(for: output)
        Output.table(rows(status, unsigned: unsigned, localizer))
        if !status.notLetThrough.isEmpty {
            Output.note("ambit: \(SyncReport.warning(notLetThrough: status.notLetThrough))")
        }
        if !status.overtaken.isEmpty {
            Output.note(
                status.overtaken.count == 1
                    ? "ambit: 1 of your events has no effect; see ambit conflicts"
                    : "ambit: \(status.overtaken.count) of your events have no effect; see ambit conflicts"
            )
        }
        for bad in status.badSignatures { Output.note("ambit: \(bad.explanation)") }
        if let ahead = status.recordedAhead { Output.note("ambit: \(localizer.message(.logAhead, ["time": ahead]))") }
        if let lead = status.clockLead { Output.note("ambit: \(localizer.clockAhead(by: lead))") }
        if status.lacksKey { Output.note("ambit: \(localizer.message(.keyMissing))") }
        if pending {
            let events = try replica.pending()
            for (event, sentence) in zip(events, try replica.sentences(events, localizer)) {
                let words = ["id": "\(event.id)", "event": sentence]
                Output.table([[localizer.message(.pendingEvent, words)]], indent: "  ")
            }
        }
    }

    private func rows(_ status: ReplicaStatus, unsigned: UnsignedCount?, _ localizer: Localizer) -> [[String]] {
        func say(_ message: Message, _ values: [String: String] = [:]) -> String { localizer.message(message, values) }
        func say(_ count: Int, _ none: Message, one: Message, many: Message) -> String {
            count == 0 ? say(none) : say(count == 1 ? one : many, ["count": localizer.number("\(count)")])
        }
        let settings = status.settings
        let role = Vocabulary.value(status.role, of: "role", localizer.language)
        let you = ["member": "\(settings.member)", "role": role, "device": "\(settings.device)"]
        let log = say(.entriesVerified, ["count": localizer.number("\(status.size)")])
        let more = say(.serverHasMore, ["count": localizer.number("\(status.knownServerSize)")])
        return [
            [say(.statusAgenda), say(.agendaAt, ["agenda": "\(settings.agenda)", "url": settings.url])],
            [
                say(.statusYou),
                say(.youAre, you) + (status.changesDevice ? "; \(say(.anotherDeviceNext))" : ""),
            ],
            [say(.statusLog), log + (status.size < status.knownServerSize ? "; \(more)" : "")],
            [say(.statusLastSync), lastSync(status.lastSync, localizer)],
            [say(.statusNotSent), say(status.pending, .nothingWaits, one: .oneWaits, many: .manyWait)],
            row(unsigned, localizer),
            [say(.statusRefused), say(status.refused, .nothingWaits, one: .refusedHereOne, many: .refusedHereMany)],
            [say(.statusConflicts), say(status.conflicts, .noneOpen, one: .openConflicts, many: .openConflicts)],
        ]
    }

    private func row(_ unsigned: UnsignedCount?, _ localizer: Localizer) -> [String] {
        guard let unsigned else { return [localizer.message(.statusUnsigned), localizer.message(.nothingWaits)] }
        let words = [
            "count": localizer.number("\(unsigned.count)"), "since": unsigned.since.map(localizer.moment) ?? "?",
        ]
        return [localizer.message(.statusUnsigned), localizer.message(.unsignedSince, words)]
    }

    private func lastSync(_ text: String?, _ localizer: Localizer) -> String {
        guard let text else { return localizer.message(.neverSynced) }
        guard let time = Timestamp(text) else { return text }
        let isAhead = time > RuntimeEnvironment.system.now()
        return localizer.moment(time) + (isAhead ? ", \(localizer.message(.clockWasAhead))" : "")
    }

    private struct Unsigned: Encodable {
        var count: Int
        var since: String?
    }

    private struct Answer: Encodable {
        var agenda: AgendaName
        var url: String
        var origin: String
        var device: DeviceID
        var member: MemberID
        var role: String
        var size: LogSize
        var knownServerSize: LogSize
        var caughtUp: Bool
        var pending: Int
        var refused: Int
        /// There when there are some.
        var notLetThrough: [Int]?
        /// There when syncs have found some.
        var badSignatures: [BadSignatureAnswer]?
        /// There when it is so.
        var lacksKey: Bool?
        /// There when there are some.
        var unsigned: Unsigned?
        var conflicts: Int
        /// There when there are some.
        var overtaken: [OvertakenAnswer]?
        var lastSync: String?
        var changesDevice: Bool
        var digest: String
        /// The pending events' lines, with `--pending`.
        var events: [String]?
    }
}
