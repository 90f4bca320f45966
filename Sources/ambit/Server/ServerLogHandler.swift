import AgendaModel
import EventLog
import Logging
import SyncProtocol
import Synchronization

/// Writes the server's log to standard error: text for people, or an object in JSON for each line.
struct ServerLogHandler: LogHandler {
    /// From which level on is logged, of all handlers: it may change while the server runs.
    final class Threshold: Sendable {
        private let level: Mutex<Logger.Level>

        init(_ level: Logger.Level) { self.level = Mutex(level) }

        var current: Logger.Level {
            get { level.withLock { $0 } }
            set { level.withLock { $0 = newValue } }
        }
    }

    let format: LogFormat
    let threshold: Threshold
    let lines: LogLines
    var metadata: Logger.Metadata = [:]

    /// That of all; a handler has none of its own.
    var logLevel: Logger.Level {
        get { threshold.current }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        lines.add(Self.line("\(event.message)", at: event.level, with: all, as: format))
    }

    /// Writes to standard error, in a format.
    static func lines(_ format: LogFormat) -> LogLines {
        LogLines(Output.aside) { leftOut in
            line("Lines were left out, since nobody took them", at: .warning, with: ["lines": "\(leftOut)"], as: format)
        }
    }

    private static func line(
        _ message: String,
        at level: Logger.Level,
        with metadata: [String: String],
        as format: LogFormat
    ) -> String {
        let time = RuntimeEnvironment.system.now()
        switch format {
        case .text:
            let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            return Output.noteLine("\(time) \(level) \(message)\(pairs)")
        case .json:
            let fields = ["time": "\(time)", "level": "\(level)", "message": message]
            let line = try? ProtocolJSON.encode(metadata.merging(fields) { $1 })
            return String(decoding: line ?? [], as: UTF8.self) + "\n"
        }
    }
}
