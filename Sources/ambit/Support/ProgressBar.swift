import AgendaModel
import Wording

/// A bar on standard error for long work; silent unless a person is looking at a terminal.
struct ProgressBar: Sendable {
    private let label: String
    private var drawn = -1

    init(_ label: String) {
        self.label = Language.spoken.words(of: label)
    }

    /// As `show(_:of:)` for numbers.
    mutating func show(_ done: LogSize, of total: LogSize) { show(done.rawValue, of: total.rawValue) }

    /// Draws when a whole percent has passed since the last time.
    mutating func show(_ done: Int, of total: Int) {
        guard Output.isInteractive, total > 0 else { return }
        let percent = min(100, done * 100 / total)
        guard percent != drawn else { return }
        drawn = percent
        let filled = percent * 30 / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
        Output.aside("\r\(label) [\(bar)] \(done)/\(total)")
    }

    /// Removes the bar.
    mutating func finish() {
        guard drawn >= 0 else { return }
        Output.aside("\r\u{1B}[2K")
        drawn = -1
    }
}
