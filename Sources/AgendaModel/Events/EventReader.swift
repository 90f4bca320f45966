/// Reads event lines straight from their bytes, in one pass.
///
/// A reader keeps its working memory between lines. Make one for each task, and use it again.
public struct EventReader: Sendable {
    /// What the line is.
    public enum Form: Sendable {
        /// A device's line: no `recordedtime`.
        case event
        /// A log entry: `recordedtime` is the last attribute, in its fixed form; a tombstone too.
        case entry
    }

    /// The subjects that the event validated last refers to (its own subject not among them).
    public internal(set) var references: [String] = []

    /// The leaves of the event read last, in the order of the line.
    var leaves: [EventLeaf] = []
    /// The paths of the empty objects below the data of the event read last: ranges of the scratch.
    var emptyObjects: [Range<Int>] = []
    /// Paths and values that do not stand in the line in the form that is needed.
    var scratch: [UInt8] = []
    /// The names of the members of the objects that are being read.
    var names: [MemberName] = []
    let seed = ByteHash.currentSeed

    /// Makes a reader with empty working memory.
    public init() {
        leaves.reserveCapacity(64)
        scratch.reserveCapacity(1024)
        names.reserveCapacity(64)
    }

    /// Reads one line, without its newline.
    ///
    /// Checks everything that can be said of an event without its catalogue.
    ///
    /// - Throws: `too-large` or `malformed-event`, naming the attribute or the byte.
    public mutating func read(
        _ line: UnsafeBufferPointer<UInt8>,
        as form: Form
    ) throws(EventProblem) -> EventAttributes {
        leaves.removeAll(keepingCapacity: true)
        if !emptyObjects.isEmpty { emptyObjects.removeAll(keepingCapacity: true) }
        scratch.removeAll(keepingCapacity: true)
        names.removeAll(keepingCapacity: true)
        let limit = form == .entry ? EventLimits.eventBytes + EventLimits.recordedTimeBytes : EventLimits.eventBytes
        let isTooLong = line.count > limit
        guard !isTooLong || form == .entry && line.count <= EventLimits.tombstoneBytes else {
            throw Self.tooLong(line, limit)
        }
        guard let base = line.baseAddress, !line.isEmpty else {
            throw EventProblem(.malformedEvent, "the line is empty")
        }
        var recordedTime: Timestamp?
        var end = line.count
        if form == .entry {
            recordedTime = try Self.recordedTime(of: line)
            // What is before the suffix is read as if its closing brace stood there.
            end -= EventLimits.recordedTimeBytes + 1
        }
        var cursor = LineCursor(base: base, at: 0, end: end)
        var found = FoundAttributes()
        try readAttributes(&cursor, into: &found, as: form)
        guard !isTooLong || found.tombstone != nil else { throw Self.tooLong(line, limit) }
        return try found.attributes(recordedTime: recordedTime)
    }

    private static func tooLong(_ line: UnsafeBufferPointer<UInt8>, _ limit: Int) -> EventProblem {
        EventProblem(.tooLarge, "the line has \(line.count) bytes; at most \(limit) are allowed")
    }

    /// Calls the body with each leaf of the event that was read last, in the order of the line.
    ///
    /// - Parameters:
    ///   - line: the bytes that were read.
    ///   - body: gets the path (RFC 6901) and the value (RFC 8785). The value is nil for null and for what was erased.
    public func forEachLeaf(
        in line: UnsafeBufferPointer<UInt8>,
        _ body: (_ path: String, _ value: UnsafeBufferPointer<UInt8>?) -> Void
    ) {
        for leaf in leaves {
            withPath(of: leaf, in: line) { path in
                let text = "/" + String(decoding: path, as: UTF8.self)
                withValue(of: leaf, in: line) { body(text, leaf.kind == .null || leaf.kind == .erased ? nil : $0) }
            }
        }
    }

    func withPath<Result>(
        of leaf: EventLeaf,
        in line: UnsafeBufferPointer<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        let range = Int(leaf.pathStart)..<Int(leaf.pathEnd)
        if !leaf.pathIsInScratch { return body(UnsafeBufferPointer(rebasing: line[range])) }
        return scratch.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    func withValue<Result>(
        of leaf: EventLeaf,
        in line: UnsafeBufferPointer<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        let range = Int(leaf.valueStart)..<Int(leaf.valueEnd)
        if !leaf.valueIsInScratch { return body(UnsafeBufferPointer(rebasing: line[range])) }
        return scratch.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    /// Reads the fixed end of an entry, `,"recordedtime":"2026-11-12T10:11:12.123Z"}`.
    private static func recordedTime(of line: UnsafeBufferPointer<UInt8>) throws(EventProblem) -> Timestamp {
        let start = line.count - EventLimits.recordedTimeBytes - 1
        guard start > 0, let base = line.baseAddress else {
            throw EventProblem(.malformedEvent, "the entry is too short to have a recordedtime")
        }
        let cursor = LineCursor(base: base, at: start, end: line.count)
        let time = start + 17
        guard cursor.matches(#","recordedtime":""#, from: start, to: time),
            let recordedTime = Timestamp(fixedForm: base + time),
            cursor.matches(#""}"#, from: time + Timestamp.length, to: line.count)
        else {
            throw EventProblem(
                .malformedEvent,
                "the entry must end with recordedtime in the form ,\"recordedtime\":\"2026-11-12T10:11:12.123Z\"}"
            )
        }
        return recordedTime
    }
}

/// The name of a member of an object, for finding duplicates.
struct MemberName {
    var hash: UInt64
    var start: Int32
    var end: Int32
    var isInScratch: Bool
}
