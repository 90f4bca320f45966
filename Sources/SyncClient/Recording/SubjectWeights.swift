internal import AgendaModel

/// What subjects hold, with what waits to be sent and what is being composed, held against what they may as a server does it
/// (`PushSequencing`).
///
/// Nearly always it is enough to add up. What the confirmed state has of a subject at most is kept as a number; what pending and
/// composed events about it may add comes to it. Only where that might be too much, the subject is weighed exactly.
struct SubjectWeights {
    /// Pending events about so many subjects are looked for one by one; about more, all of them are read, once.
    private static let looksOneByOne = 8
    /// So many subjects stay weighed.
    private static let maximumWeighed = 16

    private struct Held {
        /// What it holds at most, in bytes.
        var most: Int
        /// What was composed about the subject.
        var lines: [[UInt8]] = []
    }

    /// What a line writes to its subject.
    private struct Write {
        var leaves: [SubjectWeight.Leaf]
        var basis: LogSize
        var isCreating: Bool
    }

    private let lookup: SubjectLookup
    private var held: [String: Held] = [:]
    /// Subjects that might have come to hold too much.
    private var weighed: [String: SubjectWeight] = [:]
    private var looks = 0
    /// What all pending events about a subject may add to it, in bytes; nil as long as they have not been read.
    private var pending: [String: Int]?
    private var reader = EventReader()

    init(_ lookup: SubjectLookup) { self.lookup = lookup }

    /// Whether a subject has been asked about or written to here, as only those are that there are.
    func knows(_ subject: String) -> Bool { held[subject] != nil }

    /// Why a subject cannot hold what a line writes that creates nothing.
    ///
    /// - Parameters:
    ///   - subject: which there is.
    ///   - line: about it.
    ///   - weight: what the line adds to it at most, in bytes.
    /// - Returns: what a server would say of it, as far as it is known here; nil when the subject can hold it.
    /// - Throws: what reading state and outbox throws.
    mutating func problem(of subject: String, with line: [UInt8], adding weight: Int) throws -> EventProblem? {
        guard try most(of: subject) + weight > EventLimits.heldEntryBytes else { return nil }
        let known = try weigh(subject)
        let write = try write(in: line)
        return known.problem(of: subject, with: write.leaves, of: EventSource(lookup.device), basis: write.basis)
    }

    /// Takes in a line that is recorded.
    ///
    /// - Parameters:
    ///   - line: about the subject.
    ///   - subject: its name.
    ///   - weight: what the line adds to it at most, in bytes.
    ///   - isNew: whether the line makes the subject, so that there is nothing about it yet.
    /// - Throws: what reading state and outbox throws.
    mutating func take(_ line: [UInt8], about subject: String, adding weight: Int, isNew: Bool) throws {
        if isNew, held[subject] == nil { held[subject] = Held(most: 0) }
        var most = try most(of: subject) + weight
        if weighed[subject] != nil {
            let write = try write(in: line)
            weighed[subject]?.write(
                write.leaves,
                of: EventSource(lookup.device),
                basis: write.basis,
                at: .afterEverything
            )
            most = weighed[subject]?.bytes ?? most
        }
        held[subject]?.most = most
        held[subject]?.lines.append(line)
    }

    // MARK: - Adding up

    private mutating func most(of subject: String) throws -> Int {
        if let known = held[subject] { return known.most }
        let most = try lookup.confirmedWeight(of: subject) + addedByPending(to: subject)
        held[subject] = Held(most: most)
        return most
    }

    private mutating func addedByPending(to subject: String) throws -> Int {
        if pending == nil, looks == Self.looksOneByOne { pending = try addedByPending() }
        if let pending { return pending[subject] ?? 0 }
        looks += 1
        var added = 0
        for event in try lookup.pending(about: subject) { added += self.added(by: event)?.weight ?? 0 }
        return added
    }

    private mutating func addedByPending() throws -> [String: Int] {
        var added: [String: Int] = [:]
        try lookup.forEachPending { event in
            guard let (subject, weight) = self.added(by: event) else { return }
            added[subject, default: 0] += weight
        }
        return added
    }

    /// What an event adds at most, and to which subject; nil for one that cannot be read.
    private mutating func added(by event: [UInt8]) -> (subject: String, weight: Int)? {
        event.withUnsafeBufferPointer { bytes -> (subject: String, weight: Int)? in
            guard let attributes = try? reader.read(bytes, as: .event) else { return nil }
            return (String(decoding: bytes[attributes.subject], as: UTF8.self), reader.weight)
        }
    }

    // MARK: - Weighing

    private mutating func weigh(_ subject: String) throws -> SubjectWeight {
        if let known = weighed[subject] { return known }
        var weight = SubjectWeight(try lookup.registers(of: subject))
        let source = EventSource(lookup.device)
        for line in try lookup.pending(about: subject) + (held[subject]?.lines ?? []) {
            let write = try write(in: line)
            // What a server refuses adds nothing.
            let isTaken =
                write.isCreating
                || weight.problem(of: subject, with: write.leaves, of: source, basis: write.basis) == nil
            if isTaken { weight.write(write.leaves, of: source, basis: write.basis, at: .afterEverything) }
        }
        if weighed.count >= Self.maximumWeighed { weighed = [:] }
        weighed[subject] = weight
        held[subject]?.most = weight.bytes
        return weight
    }

    private mutating func write(in line: [UInt8]) throws -> Write {
        try line.withUnsafeBufferPointer { bytes in
            let attributes = try reader.read(bytes, as: .event)
            let type = String(decoding: bytes[attributes.type], as: UTF8.self)
            return Write(
                leaves: reader.weighedLeaves(in: bytes),
                basis: attributes.basis,
                isCreating: Catalogue.current.type(named: type)?.isCreating ?? false
            )
        }
    }
}
