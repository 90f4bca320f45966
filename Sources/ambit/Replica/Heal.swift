import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import Projections
import SyncClient

/// `ambit heal`: give a server back what it lost.
struct Heal: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Give a server that was put back from an old backup the entries that it lost."),
        discussion: .told(
            """
            As an admin, in a replica that has them: ambit heal. On the server's machine, without a token and whether or \
            not the server runs: ambit heal --data DIR --agenda NAME --from REPLICA.
            """
        )
    )

    @OptionGroup var replica: ReplicaOptions

    @Option(help: .told("Heal an agenda in this data folder instead of the replica's server.", valueName: "dir"))
    var data: String?

    @Option(help: .told("With --data: the agenda."), transform: AgendaName.init(argument:))
    var agenda: AgendaName?

    @Option(help: .told("With --data: the replica that has the entries.", valueName: "dir"))
    var from: String?

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var language: NamedLanguage

    func validate() throws {
        guard (data == nil) == (agenda == nil), (data == nil) == (from == nil) else {
            throw ValidationError("--data, --agenda and --from go together.")
        }
        guard data == nil || replica.named == nil else {
            throw ValidationError("With --data the replica is named by --from, not by -C.")
        }
    }

    func run() async throws {
        let summary = try await SyncDisplay.during { display in try await heal { display.show($0) } }
        if output.json {
            try Output.json(Answer(given: summary.given, size: summary.size, synced: summary.sync != nil))
        } else if summary.given == 0 {
            Output.say("the server lacks nothing of what this replica has; its log has \(summary.size) events")
        } else {
            Output.say(
                summary.given == 1
                    ? "gave back 1 event; the server's log has \(summary.size)"
                    : "gave back \(summary.given) events; the server's log has \(summary.size)"
            )
        }
        if data == nil, summary.sync == nil {
            Output.note("ambit: the server takes no pushes yet; when it does, ambit sync sends what is pending")
        }
        if let refused = summary.sync?.refused, refused > 0 {
            Output.note(
                refused == 1
                    ? "ambit: the server refused 1 event; ambit refused says why, and it is kept here"
                    : "ambit: the server refused \(refused) events; ambit refused says why, and they are kept here"
            )
            throw ExitCode(3)
        }
    }

    private func heal(_ report: @escaping @Sendable (SyncProgress) -> Void) async throws -> RepairSummary {
        guard let data, let agenda, let from else { return try await replica.open().repairServer(report: report) }
        let replica = try Replica(opening: from)
        defer { replica.close() }
        let opened = try ServerData(folder: data, store: store.address()).open(agenda)
        let sequencer = try Sequencer(
            store: opened.store,
            key: opened.key,
            environment: .system,
            seen: opened.seen,
            reporting: UpkeepFailure.onStandardError
        )
        // Less than that is not all that is missing.
        if let end = StateFile.rememberedEnd(at: opened.statePath, of: opened.store.identity) {
            sequencer.remember(end)
        }
        do {
            let summary = try await replica.repair(
                sequencer,
                verifier: opened.store.identity.verifierKey,
                report: report
            )
            await sequencer.shutDown()
            try opened.close()
            return summary
        } catch {
            await sequencer.shutDown()
            try? opened.close()
            throw error
        }
    }

    private struct Answer: Encodable {
        var given: Int
        var size: LogSize
        var synced: Bool
    }
}
