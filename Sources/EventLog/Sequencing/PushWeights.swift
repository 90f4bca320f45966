package import AgendaModel

/// Gives what has been folded of subjects.
///
/// Calls the body with each of the subjects and its registers, none where it does not exist, all of one size of the log. The
/// body may be called twice with a subject.
///
/// - Returns: that size; nil when nothing can be told.
package typealias FoldedSubjects = @Sendable (_ subjects: [String], _ body: (String, [Register]) -> Void) -> LogSize?

/// What some subjects of a push hold: weighed beside the writer, which adds to it what the push writes.
struct PushWeights: Sendable {
    /// With more entries than this that have not been folded, nobody can tell in time.
    private static let maximumUnfolded = 65_536

    /// Of the log that they are of.
    private var size: LogSize
    private var subjects: [String: SubjectWeight] = [:]
    private var reader = EventReader()

    /// Weighs what has been folded of subjects; nil when nobody can tell.
    ///
    /// Blocks.
    ///
    /// - Parameters:
    ///   - numbers: of the subjects, among the push's names.
    ///   - push: whose lines write to them.
    ///   - folded: gives the registers.
    init?(of numbers: Set<Int>, in push: Push, by folded: FoldedSubjects) {
        let paths = push.paths(of: numbers)
        var found: [String: SubjectWeight] = [:]
        let names = numbers.map { push.names.names[$0] }
        let foldedSize: LogSize? = folded(names) { subject, registers in
            found[subject] = SubjectWeight(registers, at: paths[subject] ?? [])
        }
        guard let foldedSize else { return nil }
        size = foldedSize
        subjects = found
    }

    /// Takes in what the log has, up to a size; only what has not been folded is read.
    ///
    /// Blocks.
    ///
    /// - Returns: false when that is too much.
    /// - Throws: what the store throws.
    mutating func read(upTo end: LogSize, of store: any LogReader) throws -> Bool {
        guard end - size <= Self.maximumUnfolded else { return false }
        guard size < end else { return true }
        try store.forEachEntry(in: size.positions(upTo: end)) { position, entry, _ in write(entry, at: position) }
        size = end
        return true
    }

    /// What a subject holds; nil for one that was not weighed.
    func bytes(of subject: String) -> Int? { subjects[subject]?.bytes }

    /// Forgets a subject: nobody has to know exactly what it holds.
    mutating func drop(_ subject: String) { subjects[subject] = nil }

    private mutating func write(_ entry: UnsafeBufferPointer<UInt8>, at position: Position) {
        guard let attributes = try? reader.read(entry, as: .entry) else { return }
        let subject = String(decoding: entry[attributes.subject], as: UTF8.self)
        let source = EventSource(unchecked: String(decoding: entry[attributes.source], as: UTF8.self))
        subjects[subject]?.write(
            reader.weighedLeaves(in: entry),
            of: source,
            basis: attributes.basis,
            at: position
        )
    }

    /// Why a subject cannot hold what an event writes.
    ///
    /// - Parameters:
    ///   - subject: its name.
    ///   - event: the event's line.
    ///   - source: who recorded it.
    ///   - added: what others may have added since it was weighed, in bytes.
    /// - Returns: nil when it can, and for one that was not weighed.
    mutating func problem(
        of subject: String,
        with event: UnsafeBufferPointer<UInt8>,
        of source: EventSource,
        besides added: Int
    ) -> EventProblem? {
        guard let weight = subjects[subject], let attributes = try? reader.read(event, as: .event) else { return nil }
        return weight.problem(
            of: subject,
            with: reader.weighedLeaves(in: event),
            of: source,
            basis: attributes.basis,
            besides: added
        )
    }

    /// Takes in an event of a source that has been accepted.
    mutating func write(
        _ event: UnsafeBufferPointer<UInt8>,
        about subject: String,
        of source: EventSource,
        at position: Position
    ) {
        guard subjects[subject] != nil, let attributes = try? reader.read(event, as: .event) else { return }
        subjects[subject]?.write(
            reader.weighedLeaves(in: event),
            of: source,
            basis: attributes.basis,
            at: position
        )
    }
}

extension Push {
    /// What its lines write to some of its subjects: pointers, by subject.
    fileprivate func paths(of numbers: Set<Int>) -> [String: Set<String>] {
        var paths: [String: Set<String>] = [:]
        var reader = EventReader()
        body.withUnsafeBufferPointer { bytes in
            for line in lines where line.problem < 0 && numbers.contains(Int(line.subject)) {
                let event = UnsafeBufferPointer(rebasing: bytes[line.bytes])
                guard (try? reader.read(event, as: .event)) != nil else { continue }
                paths[names.names[Int(line.subject)], default: []].formUnion(
                    reader.weighedLeaves(in: event).map(\.path)
                )
            }
        }
        return paths
    }
}
