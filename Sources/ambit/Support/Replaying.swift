import AgendaModel
import EventLog
import Projections

/// Folding a log for somebody who waits.
enum Replaying {
    /// The state of a log at a size, with a bar that says how far it is.
    ///
    /// - Throws: what the log throws, `EventProblem` for entries that cannot be read.
    static func state(of log: any LogReader, at size: LogSize) throws -> State {
        try showing(size) { try TimeTravel.state(of: log, at: size, progress: $0) }
    }

    /// Runs a body that folds a log up to a size, with a bar that says how far it is.
    ///
    /// - Parameters:
    ///   - size: where the fold ends.
    ///   - body: is given what to call with the sizes that have been reached.
    /// - Returns: what the body returns.
    /// - Throws: what the body throws.
    static func showing<Value>(_ size: LogSize, _ body: (@escaping (LogSize) -> Void) throws -> Value) rethrows -> Value
    {
        var bar = ProgressBar("replaying")
        defer { bar.finish() }
        return try body { bar.show($0, of: size) }
    }
}
