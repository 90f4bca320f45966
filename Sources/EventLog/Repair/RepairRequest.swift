package import AgendaModel

/// Entries that are given back to a log that has lost them.
///
/// They are read and checked as far as possible without the log, on the request's own task.
///
/// They were accepted once, so they are not held against the catalogue again, and may have types that it does not know.
package struct RepairRequest: Sendable {
    /// More entries than this are not taken at once.
    package static let maximumEntries = 65_536

    /// How many entries come before them.
    package let after: LogSize
    /// Signed by the log's own key, for the entries' end or beyond.
    package let checkpoint: SignedCheckpoint
    /// From the tree at the entries' end to the checkpoint's.
    package let proof: ConsistencyProof

    /// What redactions beyond the entries are about, by which some of these were erased.
    let laterRedactions: [Position: Position]

    /// Each followed by a newline.
    let entries: [UInt8]
    var erasures = ErasureNotices()
    var lines: [Line] = []
    /// Sources and subjects, each once.
    var names = NameTable()
    var accessEvents: [AccessEvent] = []

    /// What the sequencer needs of one entry.
    struct Line: Sendable {
        /// Where it stands in `entries`, without its newline.
        var start: Int32
        var end: Int32
        var counter: Counter
        /// An index into `names`.
        var source: Int32
        /// An index into `names`.
        var subject: Int32
        var isCreating: Bool
        /// An index into `accessEvents`; -1 for none.
        var accessEvent: Int32
        var recordedTime: Timestamp
        var leaf: Hash
        /// Whether it is what is left of an entry.
        var isTombstone: Bool

        var bytes: Range<Int> { Int(start)..<Int(end) }
    }

    /// How many entries they are.
    package var count: Int { lines.count }
    /// The log's size with them.
    package var end: LogSize { after + lines.count }
    var lastRecordedTime: Timestamp? { lines.last?.recordedTime }

    /// - Parameters:
    ///   - after: how many entries come before them.
    ///   - note: the checkpoint as it was given.
    ///   - proof: from the entries' end to the checkpoint.
    ///   - redactions: those beyond the entries by which some of them were erased.
    ///   - body: the entries, newline-separated; a final newline is optional.
    ///   - verifier: the log's own key.
    /// - Throws: `RepairError` with `malformed` or `invalidProof`.
    package init(
        after: LogSize,
        note: String,
        proof: ConsistencyProof,
        redactions: [RedactionProof] = [],
        body: [UInt8],
        verifier: VerifierKey
    ) throws(RepairError) {
        self.after = after
        self.proof = proof
        do {
            checkpoint = try verifier.verify(note)
        } catch {
            throw RepairError(.invalidProof, "the checkpoint does not count: \(error.message)")
        }
        var later: [Position: Position] = [:]
        for redaction in redactions {
            guard let position = redaction.redactedPosition(in: checkpoint.checkpoint) else {
                throw RepairError(
                    .invalidProof,
                    "what is given as entry \(redaction.position) is no redaction that leads to the checkpoint"
                )
            }
            later[redaction.position] = position
        }
        laterRedactions = later
        entries = body.last.map { $0 == Lines.newline } ?? true ? body : body + [Lines.newline]
        var reader = RepairRequestReader()
        try reader.read(into: &self)
        guard end <= checkpoint.checkpoint.size else {
            throw RepairError(
                .invalidProof,
                "the entries end at \(end), beyond the checkpoint of \(checkpoint.checkpoint.size)"
            )
        }
    }
}

/// Why entries were not taken back; nothing was stored.
package struct RepairError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sort of fault, for programs to act on.
    package enum Code: Hashable, Sendable {
        /// A line is no entry, or entries are not in the order of their recorded times.
        case malformed
        case tooManyEntries
        /// The checkpoint is not by this log's key, or entries and proof do not lead to it.
        case invalidProof
        /// Entries between the log's end and these are missing.
        case aheadOfLog(LogSize)
        /// The log has other entries in their place.
        case forked
    }

    package var code: Code
    /// What is wrong, and where.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

/// Reads the entries of a repair request into the records of its lines.
private struct RepairRequestReader {
    private var reader = EventReader()
    private var types: [String: Bool] = [:]
    private var last: Timestamp?

    mutating func read(into repair: inout RepairRequest) throws(RepairError) {
        var failure: RepairError?
        let entries = repair.entries
        entries.withUnsafeBufferPointer { bytes in
            Lines.forEach(in: bytes) { range in
                guard failure == nil else { return }
                do throws(RepairError) {
                    try read(range, of: bytes, into: &repair)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        entries.withUnsafeBufferPointer { repair.erasures.look(at: $0, from: repair.after.next) }
    }

    private mutating func read(
        _ range: Range<Int>,
        of body: UnsafeBufferPointer<UInt8>,
        into repair: inout RepairRequest
    ) throws(RepairError) {
        guard repair.lines.count < RepairRequest.maximumEntries, range.upperBound <= Int32.max else {
            throw RepairError(
                .tooManyEntries,
                "at most \(RepairRequest.maximumEntries) entries are taken at once; send the rest in another request"
            )
        }
        let position = repair.end.next
        let bytes = UnsafeBufferPointer(rebasing: body[range])
        let attributes: EventAttributes
        do {
            attributes = try reader.read(bytes, as: .entry)
        } catch {
            throw RepairError(.malformed, "the line for position \(position) is no entry: \(error.detail)")
        }
        guard let recordedTime = attributes.recordedTime, last ?? recordedTime <= recordedTime else {
            throw RepairError(
                .malformed,
                "the entry for position \(position) was recorded before the one in front of it"
            )
        }
        last = recordedTime
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        func number(_ range: Range<Int>) -> Int32 {
            repair.names.number(of: UnsafeBufferPointer(rebasing: bytes[range]))
        }
        let type = text(attributes.type)
        var line = RepairRequest.Line(
            start: Int32(range.lowerBound),
            end: Int32(range.upperBound),
            counter: attributes.counter,
            source: number(attributes.source),
            subject: number(attributes.subject),
            isCreating: isCreating(type),
            accessEvent: -1,
            recordedTime: recordedTime,
            leaf: Merkle.leaf(bytes),
            isTombstone: attributes.tombstone != nil
        )
        if attributes.tombstone == nil,
            let event = AccessEvent(type: type, data: UnsafeBufferPointer(rebasing: bytes[attributes.data]))
        {
            line.accessEvent = Int32(repair.accessEvents.count)
            repair.accessEvents.append(event)
        }
        repair.lines.append(line)
    }

    private mutating func isCreating(_ type: String) -> Bool {
        if let known = types[type] { return known }
        let isCreating = Catalogue.current.type(named: type)?.isCreating ?? false
        types[type] = isCreating
        return isCreating
    }
}
