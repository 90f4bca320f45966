package import AgendaModel

/// What a log is called and who vouches for it.
///
/// Fixed at creation.
package struct LogIdentity: Hashable, Sendable {
    package var origin: String
    package var verifierKey: VerifierKey
    package init(origin: String, verifierKey: VerifierKey) {
        self.origin = origin
        self.verifierKey = verifierKey
    }
}

/// The end of a log.
package struct Head: Hashable, Sendable {
    package var size: LogSize
    /// How many segments are sealed; the entries after them are the tail.
    package var sealedSegments: Int
    /// Of the last commit; nil when the log is empty.
    package var recordedTime: Timestamp?
    /// Of exactly this size; nil when the log is empty.
    package var checkpoint: SignedCheckpoint?
    /// How many entries have been erased in their places, counted from a number that a repair draws anew: with another
    /// number, what was read before is out of date.
    package var erasures: Int
    package init(
        size: LogSize,
        sealedSegments: Int,
        recordedTime: Timestamp?,
        checkpoint: SignedCheckpoint?,
        erasures: Int = 0
    ) {
        self.erasures = erasures
        self.size = size
        self.sealedSegments = sealedSegments
        self.recordedTime = recordedTime
        self.checkpoint = checkpoint
    }
}

/// Entries of one source with consecutive counters at consecutive positions.
package struct CounterRun: Hashable, Sendable {
    package var source: EventSource
    package var first: Counter
    package var last: Counter
    package var position: Position
    package init(source: EventSource, first: Counter, last: Counter, position: Position) {
        self.source = source
        self.first = first
        self.last = last
        self.position = position
    }

    /// How many entries it has.
    package var count: Int { last - first + 1 }
    /// The position behind its last entry.
    package var end: Position { position + count }

    /// The position of the entry with a counter of the run.
    package func position(of counter: Counter) -> Position { position + (counter - first) }
}

/// An event that was refused: kept with its bytes and the reason.
package struct Rejection: Hashable, Sendable {
    /// What there is to know of a line of which only the beginning is kept.
    package struct Line: Hashable, Sendable {
        /// In bytes.
        package var length: Int
        /// SHA-256.
        package var hash: Hash
        package init(length: Int, hash: Hash) {
            self.length = length
            self.hash = hash
        }
    }

    package var source: EventSource
    /// nil when the line was too broken to say.
    package var counter: Counter?
    package var recordedTime: Timestamp
    package var problem: EventProblem
    /// The line; its beginning when `line` is there.
    package var bytes: [UInt8]
    /// The whole line, when its end has been cut off.
    package var line: Line?
    package init(
        source: EventSource,
        counter: Counter?,
        recordedTime: Timestamp,
        problem: EventProblem,
        bytes: [UInt8],
        line: Line? = nil
    ) {
        self.source = source
        self.counter = counter
        self.recordedTime = recordedTime
        self.problem = problem
        self.bytes = bytes
        self.line = line
    }

    /// Whether this is the first that is said of the event's identity: then there is none before it with the same.
    package var spendsIdentity: Bool { counter != nil && problem.code != .identityReused }
}

extension Rejection {
    /// The most that is kept of a line that is no event in its form, not even one with a counter, in bytes: nobody can record
    /// it anew, but people can see what it is.
    package static let maximumWithoutIdentity = 1024

    /// How much is kept of a line with, or without, an identity.
    static func maximum(_ counter: Counter?) -> Int {
        counter == nil ? maximumWithoutIdentity : Push.maximumEventLength
    }

    /// Whether it is this line that was refused.
    func isOf(_ event: UnsafeBufferPointer<UInt8>) -> Bool {
        if let line { return line.length == event.count && line.hash == Hash.sha256(event) }
        // Older ones may have been cut without a word.
        return bytes.elementsEqual(event.prefix(Push.maximumEventLength))
    }
}

/// Everything that one storage transaction adds.
package struct Commit: Sendable {
    package var first: Position
    package var count: Int
    /// Of all entries; of the last one when they are given back.
    package var recordedTime: Timestamp
    /// The entries, each followed by a newline.
    package var entries: [UInt8]
    package var runs: [CounterRun]
    /// Subjects that came to exist, with the position of their creating event.
    package var subjects: [(name: String, position: Position)]
    /// nil when the commit only holds rejections or access changes (count 0).
    package var checkpoint: SignedCheckpoint?
    package var rejections: [Rejection]
    package var access: [AccessChange]
    /// The segments that become whole with this commit, the next ones in order, when it brings them sealed: they are
    /// kept in place of their entries, which then never have to be written on their own.
    package var sealed: [Segment]
    /// Whether the entries were in the log before it was put back from a backup: they have recorded times of their own,
    /// and keep their identities also where these have been refused since.
    package var isRepair: Bool
    /// Entries of the log with this commit that are replaced by what is left of them.
    ///
    /// Those that have been erased, or cannot be, stay as they are.
    package var erasures: [Erasure]
    package init(
        first: Position,
        count: Int,
        recordedTime: Timestamp,
        entries: [UInt8],
        runs: [CounterRun] = [],
        subjects: [(name: String, position: Position)] = [],
        checkpoint: SignedCheckpoint?,
        rejections: [Rejection] = [],
        access: [AccessChange] = [],
        sealed: [Segment] = [],
        isRepair: Bool = false,
        erasures: [Erasure] = []
    ) {
        self.first = first
        self.count = count
        self.recordedTime = recordedTime
        self.entries = entries
        self.runs = runs
        self.subjects = subjects
        self.checkpoint = checkpoint
        self.rejections = rejections
        self.access = access
        self.sealed = sealed
        self.isRepair = isRepair
        self.erasures = erasures
    }
}

/// What became of a commit that the store has answered.
package enum AppendOutcome: Hashable, Sendable {
    /// The commit is in the log, and lasts through a power cut.
    case committed
    /// Another writer was first: the log has grown, an identity that the commit spends has been refused, or an invite
    /// that it uses has been used or withdrawn.
    case conflict(actual: LogSize)
}

/// Where a log's entries are kept.
///
/// A store commits a change if the log still has the expected size. So several writers harm nothing, and a distributed
/// engine can stand behind it. A store knows no rules about what may be in a log: those are the sequencer's.
///
/// Any task or queue may call a store. The conformance suite in `EventLogTesting` says what each call must do.
package protocol LogStore: LogReader {
    /// Adds a commit in one transaction: all of it, or nothing.
    ///
    /// This is the point of commit. When it returns `committed`, the commit is durable.
    ///
    /// - Parameters:
    ///   - commit: what is added.
    ///   - size: how many entries the log must have. With another number, nothing is added.
    /// - Returns: whether it was added.
    /// - Throws: `LogError`. Then the outcome is unknown: read `head()` again before anything else.
    func append(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome

    /// Replaces the tail's entries of one segment by their sealed form.
    ///
    /// The entries stay the same bytes.
    ///
    /// - Parameter segment: the next one to be sealed; the log has all its entries.
    /// - Throws: `LogError`; then the tail is as it was. `malformed` for another segment, `corrupt` for other entries.
    func seal(_ segment: Segment) throws

    /// Leaves nothing of what was erased in any file, free space and journals included.
    ///
    /// Costs next to nothing when there is nothing to do. Call it after commits with erasures, when nobody waits for an
    /// answer.
    ///
    /// - Returns: false when a reader is in the way: then it has to be called again later.
    /// - Throws: whatever else keeps it from being done, such as a full disk; it has to be called again later then, too.
    func scrub() throws -> Bool

    func run(of source: EventSource, containing counter: Counter) throws -> CounterRun?
    /// The first of the source's runs that begin behind this counter.
    func run(of source: EventSource, after counter: Counter) throws -> CounterRun?
    /// The greatest counter of a source in the log; nil when it has none.
    func lastCounter(of source: EventSource) throws -> Counter?
    /// Why this event of a source was refused first; nil when it was not.
    func rejection(of source: EventSource, counter: Counter) throws -> Rejection?
    /// The greatest counter of a source that was refused; nil when none was.
    func lastRejectedCounter(of source: EventSource) throws -> Counter?
    /// Rejections in order of arrival, from a cursor that starts at 0.
    func rejections(after cursor: Int, limit: Int) throws -> [(cursor: Int, rejection: Rejection)]
    /// The position of the creating event.
    func position(ofSubject name: String) throws -> Position?

    /// Who may use the agenda, as of the last commit.
    func access() throws -> Access
    /// Only the number that `access` would give as its version: cheap.
    func accessVersion() throws -> Int
    /// Says who may read besides the members; changes the version only when it was different before.
    func open(to openness: Openness) throws
    /// Adds an invite, beside the commits.
    func add(_ invite: Invite) throws
    /// The invite whose code has this SHA-256, used or not; nil when there is none.
    func invite(hash: Hash) throws -> Invite?
    /// The invites that are neither used nor expired at this moment, the one that expires first at the front.
    func invites(usableAt now: Timestamp) throws -> [Invite]
    /// Takes an unused invite away; false when there is none, or it was used.
    ///
    /// A commit that uses it and has not been appended by then is a conflict.
    func withdrawInvite(hash: Hash) throws -> Bool
}

/// The reading side of a log store.
///
/// Many tasks may read while a writer appends. Two calls may see two moments of the log. Entries that were read once stay
/// the same, unless they are erased.
package protocol LogReader: Sendable {
    /// What the log is called, and by which key.
    var identity: LogIdentity { get }
    /// The end of the log, as last committed.
    func head() throws -> Head

    /// Sealed segments, in order; shorter than asked for where they are not sealed (yet).
    func segments(_ numbers: Range<Int>) throws -> [Segment]

    /// The roots of sealed segments, in order, without what the segments hold; shorter than asked for as `segments`.
    func segmentRoots(_ numbers: Range<Int>) throws -> [Hash]

    /// How long segments are, in order, without what they hold: sealed or not, the last one of the log also while it is
    /// not complete; shorter than asked for where the log ends.
    func segmentLengths(_ numbers: Range<Int>) throws -> [SegmentLengths]

    /// Entries, each followed by a newline, sealed or not; of those that were erased what is left.
    ///
    /// The range must lie within the log.
    func entries(_ range: Range<Position>) throws -> [UInt8]

    /// Calls the body with the entries of the range in order, in blocks of at most one segment or one commit.
    func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws

    /// The stored checkpoint with the greatest size that is not greater than this.
    func checkpoint(atMost size: LogSize) throws -> SignedCheckpoint?

    /// How many entries had been recorded at that moment (recorded time <= moment).
    func size(at moment: Timestamp) throws -> LogSize
}

extension LogReader {
    /// The entry at a position of the log, without its newline.
    package func entry(at position: Position) throws -> [UInt8] { try entries(position..<position.next).dropLast() }

    package func segmentRoots(_ numbers: Range<Int>) throws -> [Hash] {
        try segments(numbers).map(\.root)
    }

    package func segmentLengths(_ numbers: Range<Int>) throws -> [SegmentLengths] {
        let size = try head().size
        let count = size.startedSegments
        return try numbers.clamped(to: 0..<count).map { number in
            if let segment = try segments(number..<number + 1).first {
                return SegmentLengths(entries: segment.length, run: segment.run.count)
            }
            let entries = try entries(Segment.positions(number).clamped(to: size.positions))
            return SegmentLengths(entries: entries.count, run: nil)
        }
    }

    /// The tree over the first so many sealed segments, from their stored roots.
    ///
    /// - Throws: `corrupt` when one of them is missing.
    package func edge(ofSegments count: Int) throws -> TreeEdge {
        var edge = TreeEdge()
        var number = 0
        while number < count {
            let roots = try segmentRoots(number..<min(number + 4096, count))
            guard !roots.isEmpty else {
                throw LogError(.corrupt, "segment \(number) of the log is missing; restore the log from a backup")
            }
            for root in roots { edge.append(segmentRoot: root) }
            number += roots.count
        }
        return edge
    }
}
