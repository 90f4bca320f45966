import AgendaModel
import SyncClient
import Synchronization

/// Shows a sync's progress to a person at a terminal.
final class SyncDisplay: Sendable {
    private struct Shown {
        var phase = ""
        var bar = ProgressBar("")
    }

    private let shown = Mutex(Shown())
    /// Why the replica becomes another device, if it does.
    private let changeOfDevice: String

    /// What there is to say where nothing else is known.
    static let usualChange = "this folder is a copy of another, was put back from a backup, or was enrolled anew"

    init(changeOfDevice: String = usualChange) {
        self.changeOfDevice = changeOfDevice
    }

    /// Runs the body with a display, and takes it away when the body ends, however it ends.
    ///
    /// - Parameters:
    ///   - changeOfDevice: why the replica becomes another device, if it does.
    ///   - body: gets what shows its steps.
    /// - Returns: what the body gives.
    /// - Throws: what the body throws.
    static func during<Value>(
        changeOfDevice: String = usualChange,
        _ body: (SyncDisplay) async throws -> Value
    ) async throws -> Value {
        let display = SyncDisplay(changeOfDevice: changeOfDevice)
        defer { display.finish() }
        return try await body(display)
    }

    func show(_ progress: SyncProgress) {
        switch progress {
        case .checking, .finished: break
        case .pushing(let sent, let total): draw("sending", sent, of: total)
        case .pulling(let size, let total): draw("receiving", size.rawValue, of: total.rawValue)
        case .applying(let size, let total): draw("applying", size.rawValue, of: total.rawValue)
        case .enrolled(let device):
            finish()
            Output.note(
                "ambit: the server has let this laptop in as \(device). Where the sync that begins now is cut off, ambit sync goes "
                    + "on with it."
            )
        case .changedDevice(let change):
            finish()
            Output.note(
                change.moved == 1
                    ? "ambit: \(change.former) is not used any more: \(changeOfDevice). It is \(change.device) from now on, and "
                        + "so is 1 event that had not been sent."
                    : "ambit: \(change.former) is not used any more: \(changeOfDevice). It is \(change.device) from now on, and "
                        + "so are \(change.moved) events that had not been sent."
            )
        case .repairing(let size, let total): draw("giving back", size.rawValue, of: total.rawValue)
        case .waiting(let seconds, let reason):
            finish()
            if Output.isInteractive {
                Output.note("\(reason); trying again in \(Int(seconds.rounded(.up))) s")
            }
        }
    }

    func finish() {
        shown.withLock { $0.bar.finish() }
    }

    private func draw(_ phase: String, _ done: Int, of total: Int) {
        shown.withLock { shown in
            if shown.phase != phase {
                shown.bar.finish()
                shown.phase = phase
                shown.bar = ProgressBar(phase)
            }
            shown.bar.show(done, of: total)
        }
    }
}
