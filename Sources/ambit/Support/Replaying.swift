import AgendaModel
import EventLog
import Projections

/// Folding a log for somebody who waits.
enum Replaying {
    /// The state of a log at a size, with a bar that says how far it is.
    ///
    /// - Throws: what the log throws, `EventProblem` for entries that cannot be read.
    static func state(of log: any LogReader, at size: LogSize) throws -> State {
        var bar = ProgressBar("replaying")
        defer { bar.finish() }
        return try TimeTravel.state(of: log, at: size) { bar.show($0, of: size) }
    }
}
