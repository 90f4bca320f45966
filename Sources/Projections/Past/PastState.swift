package import AgendaModel
internal import GRDB

/// A state in memory that is read as a state file is: for the agenda at an earlier size.
package final class PastState: Sendable {
    package let state: State
    /// Sorted bytewise.
    let subjects: [String]
    /// Has the tables of a state file, and nothing in them.
    private let empty: DatabaseQueue

    /// - Parameter state: at that size.
    /// - Throws: what SQLite throws.
    package init(_ state: State) throws {
        self.state = state
        subjects = state.subjects
        empty = try DatabaseQueue()
        try empty.write(StateSchema.create)
    }

    /// How many entries the state stands for.
    package var size: LogSize { state.size }

    /// Reads the state.
    ///
    /// - Parameters:
    ///   - personal: whether personal fields are part of what is read.
    ///   - body: reads; what it is given must not leave it.
    /// - Returns: what the body returns.
    /// - Throws: what the body throws.
    package func read<Value>(
        personal: PersonalFields.Treatment = .included,
        _ body: (StateView) throws -> Value
    ) throws -> Value {
        try empty.read { try body(StateView($0, of: state, subjects: subjects, personal: personal)) }
    }
}
