package import AgendaModel
package import EventLog
internal import GRDB

/// The read models of one agenda: disposable, rebuilt from the log.
package final class StateFile: Sendable {
    /// Opens or makes the file; a file of another version, or that disagrees with the log, is made anew.
    package init(at path: String) throws { fatalError("skeleton") }

    /// How many entries the read models stand for.
    package func size() throws -> LogSize { fatalError("skeleton") }

    /// Folds what the log has beyond `size`, in batches, each in one transaction with its position.
    package func catchUp(with log: any LogReader, progress: ((LogSize) -> Void)? = nil) throws {
        fatalError("skeleton")
    }

    package func document(of subject: String) throws -> [UInt8]? { fatalError("skeleton") }
    package func registers(of subject: String) throws -> [Register] { fatalError("skeleton") }
    /// Sorted bytewise; of one kind, or all; after a subject, for paging.
    package func documents(kind: String?, after: String?, limit: Int) throws -> [(subject: String, document: [UInt8])] {
        fatalError("skeleton")
    }
    package func conflicts() throws -> [Conflict] { fatalError("skeleton") }
    package func digest() throws -> Hash { fatalError("skeleton") }
    package func progress() throws -> [Progress] { fatalError("skeleton") }

    /// A state that reads the subjects it needs from this file; for laying pending events over it.
    package func overlay(pending: [[UInt8]]) throws -> State { fatalError("skeleton") }
}

/// How far one target of an ambition has come.
package struct Progress: Hashable, Sendable {
    package var ambition: String
    package var indicator: String
    package var unit: String?
    package var target: Double
    package var due: String?
    package var value: Double
    package var measurements: Int
}

/// The state at any earlier size or moment, folded from the log.
package enum TimeTravel {
    package static func state(of log: any LogReader, at size: LogSize, progress: ((LogSize) -> Void)? = nil) throws -> State {
        fatalError("skeleton")
    }
}
