/// The fold: registers, heads and conflicts of a log's prefix. A pure function of the entries that it was given.
public struct State: Sendable {
    public init() { fatalError("skeleton") }

    /// How many entries have been folded.
    public var size: LogSize { fatalError("skeleton") }

    /// Folds the entry at position `size`.
    ///
    /// - Parameter load: gives the encoded registers of a subject that this value does not hold yet, for a state
    ///   whose subjects lie in a file; nil when there are none.
    public mutating func fold(
        entry: UnsafeBufferPointer<UInt8>,
        load: ((_ subject: String) throws -> [UInt8]?)? = nil
    ) throws {
        fatalError("skeleton")
    }

    /// Lays an event that is not in the log yet over the state, at `Position.afterEverything`. `size` stays.
    public mutating func overlay(
        event: UnsafeBufferPointer<UInt8>,
        load: ((_ subject: String) throws -> [UInt8]?)? = nil
    ) throws {
        fatalError("skeleton")
    }

    /// Makes an empty state that stands at a size, to be filled with `load` closures.
    public init(at size: LogSize) { fatalError("skeleton") }

    /// Whether an event about the subject has been folded.
    public func contains(_ subject: String) -> Bool { fatalError("skeleton") }

    /// All subjects, sorted bytewise.
    public var subjects: [String] { fatalError("skeleton") }

    /// The subject's document in JCS form; nil when the subject does not exist.
    public func document(of subject: String) -> [UInt8]? { fatalError("skeleton") }

    /// The subject's registers that have a head, sorted by path.
    public func registers(of subject: String) -> [Register] { fatalError("skeleton") }

    /// The registers with heads of different values, sorted by subject and path.
    public var conflicts: [Conflict] { fatalError("skeleton") }

    /// Calls the body with each piece of the digest's input in turn: `<subject> <JCS of the document>\n` per subject.
    public func writeDigestInput(_ body: (UnsafeBufferPointer<UInt8>) -> Void) { fatalError("skeleton") }

    /// The subjects that have been written since the last call, sorted bytewise.
    public mutating func takeChangedSubjects() -> [String] { fatalError("skeleton") }

    /// A compact form of one subject's registers, for a state file. Its first byte is a version.
    public func encodedRegisters(of subject: String) -> [UInt8]? { fatalError("skeleton") }

    /// The registers and the document in a form made by `encodedRegisters`; nil for bytes that are no such form.
    public static func decode(_ encoded: [UInt8], of subject: String) -> (registers: [Register], document: [UInt8])? {
        fatalError("skeleton")
    }

    /// Roughly the memory that this state takes.
    public var memory: ByteCount { fatalError("skeleton") }
}

/// A leaf of a subject's document, with every write that is still a head.
public struct Register: Hashable, Sendable {
    /// RFC 6901 pointer.
    public var path: String
    /// The head that is shown comes first, the others by decreasing (min(time, recordedtime), source, id).
    public var heads: [Head]
    /// More than one head, not all with the same value.
    public var isConflict: Bool { Set(heads.map(\.value)).count > 1 }
}

/// A write that no later author had seen.
public struct Head: Hashable, Sendable {
    public var position: Position
    public var source: String
    public var counter: Counter
    /// min(time, recordedtime); for an event that is not in the log yet its own time.
    public var time: Timestamp
    /// JCS bytes; nil = absent (the patch said null).
    public var value: [UInt8]?
}

public struct Conflict: Hashable, Sendable {
    public var subject: String
    public var register: Register

    public init(subject: String, register: Register) {
        self.subject = subject
        self.register = register
    }
}
