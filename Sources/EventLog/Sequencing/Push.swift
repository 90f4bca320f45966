package import AgendaModel

/// A push whose lines have been read and validated as far as possible without the log: done on the request's own task.
///
/// Holds the body once and a small record per line; nothing is allocated per event.
package struct Push: Sendable {
    /// More events than this are not taken in one push.
    package static let maximumEvents = 10_000
    /// The longest line that is read as an event, in bytes.
    package static let maximumEventLength = 60_000

    /// Who pushes, and recorded all of it.
    package let source: EventSource
    /// Whether it comes from a replica, which never uses a counter twice unless somebody else counts for its device.
    package let isFromReplica: Bool

    let body: [UInt8]
    var lines: [Line] = []
    /// Subjects that the lines mention, each once.
    var names = NameTable()
    /// Indexes into `names`.
    var references: [Int32] = []
    var types: [Catalogue.EventType] = []
    var problems: [EventProblem] = []
    var accessEvents: [AccessEvent] = []
    /// What lines add at most to what each of the names holds, in bytes, by its number; with what creates it.
    var addedBytes: [Int: Int] = [:]
    /// The numbers of the names that lines create.
    var created: Set<Int> = []
    /// Of the event that was recorded last, by its own clock.
    var newestTime: Timestamp?

    /// What the sequencer needs of one line.
    struct Line: Sendable {
        /// Where it stands in the body, without its newline.
        var start: Int32
        var end: Int32
        /// -1 when the line is too broken to say.
        var counter: Int
        var basis = 0
        /// An index into `names`.
        var subject: Int32 = -1
        /// An index into `types`.
        var type: Int32 = -1
        /// What it adds at most to what its subject holds, in bytes.
        var weight: Int32 = 0
        var firstReference: Int32 = 0
        var referenceCount: Int32 = 0
        /// An index into `problems`; -1 for none.
        var problem: Int32 = -1
        /// An index into `accessEvents`; -1 for none.
        var accessEvent: Int32 = -1
        /// The earlier line of this push with the same counter; -1 for none.
        var repeats: Int32 = -1

        var bytes: Range<Int> { Int(start)..<Int(end) }
    }

    /// Whether events of it are about who has access.
    package var isAboutAccess: Bool { accessEvents.contains(where: \.isAboutAccess) }

    /// How many events it has.
    package var count: Int { lines.count }
    /// How long it is, in bytes.
    package var length: Int { body.count }

    /// - Parameters:
    ///   - source: who pushes; every event must say so.
    ///   - body: the inflated body, newline-separated; a final newline is optional.
    ///   - isFromReplica: whether a counter that the log has with other bytes fails all of the push.
    /// - Throws: `PushError` when the request as a whole cannot be taken.
    package init(source: EventSource, body: [UInt8], isFromReplica: Bool = false) throws(PushError) {
        self.source = source
        self.isFromReplica = isFromReplica
        self.body = body
        var reader = PushReader()
        try reader.read(into: &self)
    }
}

/// Why a push as a whole was not taken; nothing was stored.
package struct PushError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sort of fault, for programs to act on.
    package enum Code: Hashable, Sendable {
        /// The body is not one JSON object per line.
        case notNewlineDelimited
        case tooManyEvents
        /// An event says that it comes from another device.
        case wrongDevice
        /// The device lost its access.
        case revoked
        /// The device is not known, or its member has left.
        case noRole
        /// A replica's push has a counter that the log has with other bytes.
        case identityReused
        /// So much of this member's lines has been refused lately that no more is kept for so many seconds.
        case tooMuchRefused(seconds: Int)
        /// The sequencer has been shut down.
        case stopped
        /// The store can only be read at the moment.
        case readOnly
        /// The log does not hold all that has been shown of it, so nothing is added to it.
        case incomplete
        /// The store has no room left.
        case storageFull
        /// The store fails for another reason; trying again later is safe.
        case unavailable
        /// The server's clock cannot be right.
        case implausibleClock
    }

    package var code: Code
    /// What happened, and what to do next.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

/// The verdicts on a push.
package struct PushOutcome: Sendable {
    /// The log's end after the push.
    package var head: LogHead
    /// Entered the log with this push.
    package var accepted: [CounterRun]
    /// Were in the log already, with these bytes.
    package var duplicate: [CounterRun]
    /// Refused; in the order of their lines.
    package var rejected: [Rejected]

    package init(head: LogHead, accepted: [CounterRun], duplicate: [CounterRun], rejected: [Rejected]) {
        self.head = head
        self.accepted = accepted
        self.duplicate = duplicate
        self.rejected = rejected
    }

    /// The verdict on one event that was refused.
    package struct Rejected: Sendable {
        /// 1-based line of the push.
        package var line: Int
        /// nil when the line was too broken to say.
        package var counter: Counter?
        package var problem: EventProblem

        package init(line: Int, counter: Counter?, problem: EventProblem) {
            self.line = line
            self.counter = counter
            self.problem = problem
        }
    }
}
