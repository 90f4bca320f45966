package import AgendaModel

/// What a group of jobs adds to a log.
///
/// A value that starts from the log's end and grows job by job. It is committed whole or thrown away whole. Nothing of it
/// is in the store, and nobody but the writer that builds it sees it.
struct Batch {
    /// The log's end that this starts from.
    let base: LogTip
    /// Of all entries that it adds; never before the log's last one.
    let recordedTime: Timestamp
    // What each event gets at its end: its recorded time and a newline.
    private let suffix: [UInt8]

    /// The tree with the entries of this batch.
    private(set) var edge: TreeEdge
    /// Who may do what after the events of this batch; the next job is held against it.
    private(set) var access: Access
    /// Each followed by a newline.
    private(set) var entries: [UInt8] = []
    private(set) var runs: [CounterRun] = []
    private(set) var subjects: [(name: String, position: Position)] = []
    private(set) var newNames: Set<String> = []
    private(set) var rejections: [Rejection] = []
    /// How much of each member's lines is to be kept, in bytes.
    private(set) var keptBytes: [MemberID: Int] = [:]
    private(set) var accessChanges: [AccessChange] = []
    private(set) var erasures: [Erasure] = []
    /// What its entries set of members' rights, in their order.
    private(set) var memberWrites: [MemberWrite] = []
    /// What its entries add at most to what each subject holds, in bytes.
    private(set) var addedBytes: [String: Int] = [:]
    /// Of subjects that were weighed, what they hold at most with its entries.
    private(set) var weighedBytes: [String: Int] = [:]
    /// Roots of the segments that become whole, from the one in which the log ended on.
    private(set) var segmentRoots: [Hash] = []
    /// The last counter per source that a push of this batch spent.
    var lastCounters: [EventSource: Counter] = [:]
    /// Reused identities, and lines without an identity, that this batch reports.
    var reuses: Set<Hash> = []
    /// The device that each invite was used for in this batch, by the invite's hash.
    var usedInvites: [Hash: DeviceID] = [:]
    /// Whether the entries are given back to a log that has lost them: then they have their own recorded times.
    var isRepair = false
    /// Of exactly the batch's end, when it has been signed before.
    var givenCheckpoint: SignedCheckpoint?

    init(base: LogTip, now: Timestamp) {
        self.base = base
        edge = base.edge
        access = base.access
        recordedTime = max(now, base.head.recordedTime ?? now)
        suffix = EntrySuffix.bytes(recordedTime) + [Lines.newline]
    }

    /// How many entries the log has with those of this batch.
    var size: LogSize { edge.size }

    var isEmpty: Bool { edge.size == base.edge.size && rejections.isEmpty && accessChanges.isEmpty }

    mutating func reserve(bytes: Int, events: Int) {
        entries.reserveCapacity(entries.count + bytes + events * (EntrySuffix.growth + 1))
    }

    /// Adds an event as the next entry.
    ///
    /// - Returns: its position.
    mutating func append(event: UnsafeBufferPointer<UInt8>, source: EventSource, counter: Counter) -> Position {
        let position = size.next
        let start = entries.count
        entries.append(contentsOf: UnsafeBufferPointer(rebasing: event.dropLast()))
        entries.append(contentsOf: suffix)
        let leaf = entries.withUnsafeBufferPointer { bytes in
            Merkle.leaf(UnsafeBufferPointer(rebasing: bytes[start..<(bytes.count - 1)]))
        }
        note(leaf, source: source, counter: counter, at: position)
        return position
    }

    /// Adds an entry that was in the log before, as it was.
    ///
    /// - Returns: its position.
    mutating func append(
        entry: UnsafeBufferPointer<UInt8>,
        leaf: Hash,
        source: EventSource,
        counter: Counter
    ) -> Position {
        let position = size.next
        entries.append(contentsOf: entry)
        entries.append(Lines.newline)
        note(leaf, source: source, counter: counter, at: position)
        return position
    }

    private mutating func note(_ leaf: Hash, source: EventSource, counter: Counter, at position: Position) {
        if let root = edge.append(leaf: leaf) { segmentRoots.append(root) }
        runs.extend(source: source, counter: counter, position: position)
    }

    mutating func addSubject(_ name: String, at position: Position) {
        subjects.append((name, position))
        newNames.insert(name)
    }

    /// Notes what an entry of it sets of a member.
    mutating func addMemberWrite(_ write: MemberWrite) { memberWrites.append(write) }

    /// Notes what entries of it add to a subject.
    ///
    /// - Parameters:
    ///   - added: what they add at most, in bytes.
    ///   - subject: its name.
    ///   - weighed: what it holds with them; nil where nobody has weighed it.
    mutating func note(_ added: Int, of subject: String, weighed: Int?) {
        addedBytes[subject, default: 0] += added
        if let weighed {
            weighedBytes[subject] = weighed
        } else if let known = weighedBytes[subject] {
            weighedBytes[subject] = known + added
        }
    }

    /// Has an entry that is in the log replaced by what is left of it.
    mutating func erase(_ position: Position, by redaction: Position) {
        erasures.append(Erasure(position: position, redaction: redaction))
    }

    mutating func reject(
        source: EventSource,
        counter: Counter?,
        _ problem: EventProblem,
        _ event: UnsafeBufferPointer<UInt8>
    ) {
        let kept = Array(event.prefix(Rejection.maximum(counter)))
        let isCut = kept.count < event.count
        rejections.append(
            Rejection(
                source: source,
                counter: counter,
                recordedTime: recordedTime,
                problem: problem,
                bytes: kept,
                line: isCut ? Rejection.Line(length: event.count, hash: Hash.sha256(event)) : nil
            )
        )
        guard let member = source.device.flatMap({ access.devices[$0]?.member }) else { return }
        keptBytes[member, default: 0] += kept.count + RejectionBudget.perLine
    }

    mutating func change(_ change: AccessChange) {
        access.apply(change)
        accessChanges.append(change)
    }

    /// What the store is asked to write.
    func makeCommit(signedBy key: LogKey) -> Commit {
        let count = edge.size - base.edge.size
        return Commit(
            first: base.head.size.next,
            count: count,
            recordedTime: recordedTime,
            entries: entries,
            runs: runs,
            subjects: subjects,
            checkpoint: count > 0 ? givenCheckpoint ?? key.sign(size: size, root: edge.root) : nil,
            rejections: rejections,
            access: accessChanges,
            isRepair: isRepair,
            erasures: erasures
        )
    }

    /// The log's end once the commit is in the store.
    func tip(after commit: Commit) -> LogTip {
        var tip = base
        tip.edge = edge
        tip.access = access
        guard let checkpoint = commit.checkpoint else { return tip }
        tip.head = LogHead(
            size: size,
            sealedSegments: base.head.sealedSegments + commit.sealed.count,
            recordedTime: recordedTime,
            checkpoint: checkpoint,
            erasureMark: base.head.erasureMark + commit.erasures.count
        )
        return tip
    }
}

extension [CounterRun] {
    /// Adds one event, to the last run if it continues it.
    package mutating func extend(source: EventSource, counter: Counter, position: Position) {
        if let last, last.last.next == counter, last.source == source, last.position + last.count == position {
            self[count - 1].last = counter
        } else {
            append(CounterRun(source: source, first: counter, last: counter, position: position))
        }
    }
}
