internal import AgendaModel

/// The verdicts on a push while it is gone through; its head is only known after the commit.
struct PushVerdicts {
    var accepted: [CounterRun] = []
    var duplicate: [CounterRun] = []
    var rejected: [PushOutcome.Rejected] = []

    func outcome(head: LogHead) -> PushOutcome {
        PushOutcome(head: head, accepted: accepted, duplicate: duplicate, rejected: rejected)
    }
}

/// Goes through the lines of one push, in order, and adds to the batch what can be accepted.
struct PushSequencing {
    let push: Push
    /// Of the member who uses the device, as of the line that is looked at; nil for the server itself, which may write
    /// everything.
    private(set) var role: Role?
    /// Why nothing more is taken, once an event of this very push has taken the access away.
    private(set) var withdrawn: PushError?
    /// The greatest counter that has been spent.
    private var last: Int
    private var verdicts = PushVerdicts()
    /// By the numbers of the push's names; nil where nobody has asked yet.
    var existing: [Bool?]
    private var rules: [TypeRule]
    private var stored: StoredEvents
    /// What was looked up before; nil where nobody has looked.
    let found: PushLookup?
    /// The same; nil also where most of it does not count any more.
    let lookup: PushLookup?
    /// What the device may sign; nil where nobody has asked yet.
    var unsigned: UnsignedEntries?
    /// What others have set of the rights that it sets; nil where nobody has asked yet.
    var memberWrites: MemberWrites?
    /// Whether it is held against what subjects may hold.
    let isWeighed: Bool
    /// What was weighed of its subjects, with its accepted lines; nil where nobody has weighed any.
    var weights: PushWeights?
    /// What its subjects hold at most, with its accepted lines: bytes, by the numbers of the names, of those that were asked for.
    var heldBytes: [Int: Int] = [:]
    /// What accepted lines add at most to its subjects, in bytes, by the numbers of the names.
    var addedBytes: [Int: Int] = [:]
    /// How many of its signatures have been looked at.
    var signatures = 0
    // By line, only kept for a push that repeats a counter.
    private var lineVerdicts: [Int: LineVerdict] = [:]
    private let keepsLineVerdicts: Bool

    /// What matters of a type for every one of its events: looked up once, and not copied per event.
    struct TypeRule {
        var isCreating: Bool
        var isAllowed: Bool
        /// Whether only events about the device itself are allowed.
        var isForSubjectItself: Bool
        /// Whether only events about what the same member created are allowed.
        var isForAuthor: Bool
        /// Whether the entry that it is about is erased.
        var erases: Bool
        /// Whether it is a device's signature on its entries.
        var isSignature: Bool

        init(_ type: Catalogue.EventType, for role: Role?) {
            isCreating = type.isCreating
            isAllowed = role.map { type.writers.allows($0) } ?? true
            isForSubjectItself = type.writers.subjectItself
            isForAuthor = role.map { !type.writers.allowsForOthers($0) } ?? false
            erases = type.name == Tombstone.redactionType
            isSignature = type.name == DeviceSignature.type
        }
    }

    private enum LineVerdict {
        case entry(Position)
        case refused(EventProblem)
    }

    /// - Throws: `PushError` when the device may not push at all, or what the store throws.
    private init(_ push: Push, found: PushLookup?, after batch: Batch, cache: inout WriterCache) throws {
        self.push = push
        self.found = found
        let lookup = cache.current(found)
        self.lookup = lookup
        weights = found?.weights
        isWeighed = push.source != .server && cache.memory.folded != nil
        let role = try Self.role(of: push.source, in: batch.access)
        self.role = role
        last = try (batch.lastCounters[push.source] ?? lookup?.last ?? cache.lastCounter(of: push.source)).rawValue
        // What was missing may have come to be since.
        existing =
            lookup?.existing.map { $0 == true ? true : nil } ?? Array(repeating: nil, count: push.names.names.count)
        rules = push.types.map { TypeRule($0, for: role) }
        stored = StoredEvents(store: cache.store, source: push.source)
        keepsLineVerdicts = push.lines.contains { $0.repeats >= 0 }
    }

    /// Takes a push into the batch.
    ///
    /// - Parameters:
    ///   - push: read and validated.
    ///   - lookup: what was looked up of it before; nil when nothing was.
    ///   - batch: what it is added to.
    ///   - cache: of the log.
    /// - Returns: the verdicts.
    /// - Throws: `PushError` when the device may not push at all, `StaleLookup` when the push has to be looked up again, or what
    ///   the store throws. After the last the batch may hold a part of the push and must be thrown away.
    static func take(
        _ push: Push,
        lookup: PushLookup? = nil,
        into batch: inout Batch,
        cache: inout WriterCache
    ) throws -> PushVerdicts {
        guard let member = push.source.device.flatMap({ batch.access.devices[$0]?.member }) else {
            return try run(push, lookup: lookup, into: &batch, cache: &cache)
        }
        let before = batch.keptBytes[member, default: 0]
        // Nearly always: not even if all of it were refused would it be too much.
        let most = push.body.count + push.count * RejectionBudget.perLine
        if cache.budget.allows(most, after: before, of: member) {
            return try run(push, lookup: lookup, into: &batch, cache: &cache)
        }
        // On a copy: nothing of a push that fails may stay.
        var extended = batch
        let verdicts = try run(push, lookup: lookup, into: &extended, cache: &cache)
        let kept = extended.keptBytes[member, default: 0]
        guard cache.budget.allows(kept - before, after: before, of: member) else {
            throw PushError(
                .tooMuchRefused(seconds: cache.budget.wait(for: kept, of: member)),
                "so much of \(member) has been refused and kept lately that no more is kept now; nothing was stored: look at "
                    + "what was refused, and push later"
            )
        }
        batch = extended
        return verdicts
    }

    private static func run(
        _ push: Push,
        lookup: PushLookup?,
        into batch: inout Batch,
        cache: inout WriterCache
    ) throws -> PushVerdicts {
        var sequencing = try PushSequencing(push, found: lookup, after: batch, cache: &cache)
        guard sequencing.knowsWeights(in: batch, cache) else { throw StaleLookup() }
        batch.reserve(bytes: push.body.count, events: push.lines.count)
        try push.body.withUnsafeBufferPointer { body in
            if push.isFromReplica { try sequencing.checkIdentity(of: body) }
            for number in push.lines.indices {
                try sequencing.take(number, of: body, into: &batch, &cache)
            }
            sequencing.noteWeights(in: &batch, cache)
        }
        batch.lastCounters[push.source] = Counter(sequencing.last)
        return sequencing.verdicts
    }

    /// Looks at the counters that have been spent before anything is taken.
    ///
    /// - Throws: `PushError` when one of them stands for other bytes. Then somebody else counts for this device, and
    ///   the events after it may be about subjects that the other one made.
    private mutating func checkIdentity(of body: UnsafeBufferPointer<UInt8>) throws {
        for (number, line) in push.lines.enumerated() where line.counter >= 0 {
            let event = UnsafeBufferPointer(rebasing: body[line.bytes])
            let isReused: Bool
            if line.counter <= last, case .otherBytes = try find(number, event) {
                isReused = true
            } else {
                isReused = line.repeats >= 0 && !body[push.lines[Int(line.repeats)].bytes].elementsEqual(event)
            }
            guard !isReused else {
                throw PushError(
                    .identityReused,
                    "the id \(line.counter) of \(push.source) was used before for an event with other bytes; nothing was "
                        + "stored: the replica is a copy or was put back from a backup, and has to go on as another device"
                )
            }
        }
    }

    /// nil for the server itself, which may write everything.
    private static func role(of source: EventSource, in access: Access) throws(PushError) -> Role? {
        guard let device = source.device else { return nil }
        guard let known = access.devices[device] else {
            throw PushError(.noRole, "\(device) is not a device of this agenda; enrol it with an invite")
        }
        guard !known.isRevoked else {
            throw PushError(.revoked, "\(device) has lost its access; ask an admin of the agenda for a new invite")
        }
        guard let role = access.role(ofDevice: device) else {
            throw PushError(.noRole, "the member who uses \(device) no longer takes part in this agenda; ask an admin")
        }
        return role
    }

    private mutating func take(
        _ number: Int,
        of body: UnsafeBufferPointer<UInt8>,
        into batch: inout Batch,
        _ cache: inout WriterCache
    ) throws {
        let line = push.lines[number]
        let event = UnsafeBufferPointer(rebasing: body[line.bytes])
        guard line.counter < 0 || line.counter > last else {
            try repeated(number, event, of: body, in: &batch, cache: cache)
            return
        }
        if line.counter >= 0 { last = line.counter }
        var found = try problem(of: line, rules, in: batch, &cache)
        if found == nil { found = weightProblem(of: line, event, in: batch, cache) }
        if let problem = found {
            // A line without an identity is only known by its bytes when it is sent again.
            if line.identity != nil || isFirstReport(of: event, counter: line.counter, in: &batch, cache) {
                batch.reject(source: push.source, counter: line.identity, problem, event)
            }
            refuse(number, problem)
            return
        }
        let counter = Counter(line.counter)
        let position = batch.append(event: event, source: push.source, counter: counter)
        verdicts.accepted.extend(source: push.source, counter: counter, position: position)
        noteWeight(of: line, event, at: position)
        if keepsLineVerdicts { lineVerdicts[number] = .entry(position) }
        let subject = Int(line.subject)
        if rules[Int(line.type)].isCreating {
            batch.addSubject(push.names.names[subject], at: position)
            existing[subject] = true
        }
        if rules[Int(line.type)].erases, let entry = Tombstone.position(ofEntry: push.names.names[subject].utf8) {
            batch.erase(entry, by: position)
        }
        let rights = push.rights(setBy: line)
        if !rights.isEmpty {
            let member = push.names.names[subject]
            batch.addMemberWrite(
                MemberWrite(member: member, rights: rights, source: push.source, position: position)
            )
        }
        if line.accessEvent >= 0,
            let change = push.accessEvents[Int(line.accessEvent)].change(
                of: push.names.names[subject],
                in: batch.access
            )
        {
            batch.change(change)
            lookUpRole(in: batch.access)
        }
    }

    /// The role is the one that stands in front of each line: an event of this push may have changed it.
    private mutating func lookUpRole(in access: Access) {
        guard let device = push.source.device else { return }
        do throws(PushError) {
            // It goes with the device that it continues; the server records that at the end of the push.
            if access.isLeftBehind(device) {
                throw PushError(.revoked, "the device that \(device) continues has been revoked")
            }
            let now = try Self.role(of: push.source, in: access)
            guard now != role else { return }
            role = now
            rules = push.types.map { TypeRule($0, for: now) }
        } catch {
            withdrawn = error
        }
    }

    private mutating func refuse(_ number: Int, _ problem: EventProblem) {
        let rejected = PushOutcome.Rejected(line: number + 1, counter: push.lines[number].identity, problem: problem)
        verdicts.rejected.append(rejected)
        if keepsLineVerdicts { lineVerdicts[number] = .refused(problem) }
    }

    /// A line whose counter has been spent before.
    private mutating func repeated(
        _ number: Int,
        _ event: UnsafeBufferPointer<UInt8>,
        of body: UnsafeBufferPointer<UInt8>,
        in batch: inout Batch,
        cache: WriterCache
    ) throws {
        let line = push.lines[number]
        let counter = Counter(line.counter)
        if line.repeats >= 0, let earlier = lineVerdicts[Int(line.repeats)] {
            let first = body[push.lines[Int(line.repeats)].bytes]
            switch earlier {
            case _ where !first.elementsEqual(event): reuse(number, event, in: &batch, cache: cache)
            case .entry(let position):
                verdicts.duplicate.extend(source: push.source, counter: counter, position: position)
            case .refused(let problem): refuse(number, problem)
            }
            return
        }
        switch try find(number, event) {
        case .entry(let position):
            verdicts.duplicate.extend(source: push.source, counter: counter, position: position)
            if keepsLineVerdicts { lineVerdicts[number] = .entry(position) }
        case .rejected(let problem):
            refuse(number, problem)
        case .otherBytes:
            reuse(number, event, in: &batch, cache: cache)
        case .unknown:
            let problem = EventProblem(
                .sequenceNotIncreasing,
                "the id \(line.counter) is not greater than \(last), the last one seen of \(push.source); "
                    + "record the event again with a new id"
            )
            batch.reject(source: push.source, counter: counter, problem, event)
            refuse(number, problem)
        }
    }

    /// What the log has of a line whose counter has been spent.
    private mutating func find(_ number: Int, _ event: UnsafeBufferPointer<UInt8>) throws -> StoredEvents.Finding {
        let counter = Counter(push.lines[number].counter)
        guard let lookup else { return try stored.find(counter, event) }
        // Spent by an earlier line of this push, it is in no log yet.
        return lookup.findings[number] ?? .unknown
    }

    private mutating func reuse(
        _ number: Int,
        _ event: UnsafeBufferPointer<UInt8>,
        in batch: inout Batch,
        cache: WriterCache
    ) {
        let counter = push.lines[number].counter
        let problem = EventProblem(
            .identityReused,
            "the id \(counter) of \(push.source) was used before for an event with other bytes; "
                + "if this replica is a copy or was restored from a backup, give it a device identity of its own"
        )
        if isFirstReport(of: event, counter: counter, in: &batch, cache) {
            batch.reject(source: push.source, counter: Counter(counter), problem, event)
        }
        refuse(number, problem)
    }

    /// Whether these bytes have not been reported lately, as a reused identity or as a line without one.
    private func isFirstReport(
        of event: UnsafeBufferPointer<UInt8>,
        counter: Int,
        in batch: inout Batch,
        _ cache: WriterCache
    ) -> Bool {
        let mark = Hash.sha256(Array("\(push.source)\n\(counter)\n".utf8) + event)
        return !cache.hasReported(mark) && batch.reuses.insert(mark).inserted
    }
}

extension Push.Line {
    fileprivate var identity: Counter? { counter < 0 ? nil : Counter(counter) }
}
