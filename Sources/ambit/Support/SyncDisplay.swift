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

    init(
        changeOfDevice: String = "this folder is a copy of another, was put back from a backup, or was enrolled anew"
    ) {
        self.changeOfDevice = changeOfDevice
    }

    func show(_ progress: SyncProgress) {
        switch progress {
        case .checking, .finished: break
        case .pushing(let sent, let total): draw("sending", sent, of: total)
        case .pulling(let size, let total): draw("receiving", size, of: total)
        case .applying(let size, let total): draw("applying", size, of: total)
        case .changedDevice(let change):
            finish()
            Output.note(
                "ambit: \(change.former) is not used any more: \(changeOfDevice). It is \(change.device) from now on, and "
                    + "so are \(change.moved) events that had not been sent."
            )
        case .repairing(let size, let total): draw("giving back", size, of: total)
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
