import Dispatch
import Foundation
import Projections
import SyncClient

/// `ambit sync --watch`: syncs, and goes on until it is told to stop.
struct Watching {
    let replica: Replica
    let isJSON: Bool

    /// Returns when the process gets SIGINT or SIGTERM.
    ///
    /// - Throws: `ReplicaError` for what a person has to look at.
    func run() async throws {
        let display = SyncDisplay()
        let watch = Task {
            defer { display.finish() }
            var options = WatchOptions()
            options.timeToUndo = Self.timeToUndo
            var known = try replica.conflictPlaces()
            for try await progress in replica.watch(options: options) { try show(progress, on: display, &known) }
        }
        let signals = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { watch.cancel() }
            source.resume()
            return source
        }
        defer { for source in signals { source.cancel() } }
        do {
            try await watch.value
        } catch {
            // Ended as it was asked to.
            guard watch.isCancelled else { throw error }
            await replica.signAtEnd()
        }
    }

    /// What was recorded is left alone for so long: who sees a mistake at once can take it back.
    private static let timeToUndo = Duration.seconds(5)

    private func show(_ progress: WatchProgress, on display: SyncDisplay, _ known: inout Set<ConflictPlace>) throws {
        switch progress {
        case .syncing(.waiting(let seconds, let reason)), .waiting(let seconds, let reason):
            try say(
                State(state: "waiting", because: reason.description, seconds: seconds),
                as: "\(reason); trying again in \(Int(seconds.rounded(.up))) s",
                display
            )
        case .syncing(let step): display.show(step)
        case .following(let channel):
            try say(State(state: "following", via: channel.rawValue), as: "up to date, and following", display)
        case .finished(let summary):
            display.finish()
            try SyncReport(summary, of: replica, before: known).show(asJSON: isJSON)
            known = try replica.conflictPlaces()
        }
    }

    private func say(_ state: State, as text: String, _ display: SyncDisplay) throws {
        display.finish()
        if isJSON { try Output.json(state) } else { Output.note("ambit: \(text)") }
    }

    private struct State: Encodable {
        var state: String
        var via: String?
        var because: String?
        var seconds: Double?
    }
}
