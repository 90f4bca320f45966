/// The fold: registers, heads and conflicts of a log's prefix.
///
/// A state is a pure function of the entries that it was given.
///
/// ```swift
/// var state = State()
/// try entries.withUnsafeBufferPointer { try state.fold(block: $0) }
/// for subject in state.subjects {
///     let document = state.document(of: subject) ?? []
///     print(subject, String(decoding: document, as: UTF8.self))
/// }
/// ```
///
/// A subject and the path of a leaf of its document address a register. A write replaces the writes that its author had
/// seen. Those are the ones of the same source, and the ones at positions below the event's basis. What the author had
/// not seen stays beside it as another head.
public struct State: Sendable {
    /// How many entries have been folded.
    public internal(set) var size: LogSize

    var subjectNames = ByteInterner(expected: 1024)
    var subjectCells: [SubjectCell] = []
    var sources = ByteInterner(expected: 64)
    /// Pointers without their first `/`.
    var paths = ByteInterner(expected: 256)
    var registers = RegisterTable()
    var changed: [UInt32] = []
    var reader = EventReader()

    struct SubjectCell: Sendable {
        /// Index + 1 in `registers.cells`; 0 = none.
        var firstRegister: UInt32 = 0
        var isChanged = false
        /// Whether its registers were given to the state, instead of being folded by it.
        var isLoaded = false
    }

    /// The state of an empty log, which entries are folded into from position 0 on.
    public init() { self.init(at: .zero) }

    /// Makes an empty state that stands at a size, to be filled with `load` closures.
    public init(at size: LogSize) { self.size = size }

    /// The subjects that have been written since the last call, sorted bytewise.
    ///
    /// Whoever keeps documents elsewhere calls this to learn which of them to write again.
    public mutating func takeChangedSubjects() -> [String] {
        for subject in changed { subjectCells[Int(subject)].isChanged = false }
        let subjects = changed.sorted(by: subjectNames.precedes).map(subjectNames.string)
        changed.removeAll(keepingCapacity: true)
        return subjects
    }

    /// Roughly the memory that this state takes.
    public var memory: ByteCount {
        ByteCount(
            subjectNames.memory + subjectCells.capacity * MemoryLayout<SubjectCell>.stride + sources.memory
                + paths.memory + registers.memory + changed.capacity * MemoryLayout<UInt32>.stride
        )
    }
}

/// What a state could not use.
public struct StateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which kind of error it is.
    public enum Code: String, Sendable {
        /// Bytes given as a subject's encoded registers are no such form.
        case undecodableRegisters = "undecodable-registers"
    }

    /// Which kind of error it is.
    public var code: Code
    /// What happened and what to do next.
    public var message: String

    /// An error; its message is for people.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What happened and what to do next, as in `message`.
    public var description: String { message }
}
