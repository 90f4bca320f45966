internal import AgendaModel

/// The verdicts on a push while it is gone through; its head is only known after the commit.
struct PushVerdicts {
    var accepted: [Run] = []
    var duplicate: [Run] = []
    var rejected: [PushOutcome.Rejected] = []

    func outcome(head: Head) -> PushOutcome {
        PushOutcome(head: head, accepted: accepted, duplicate: duplicate, rejected: rejected)
    }
}

/// What is known about sources and subjects beside the log's end: kept between batches, filled from the store.
struct LogKnowledge {
    /// More sources than this are not held at once.
    private static let maximumSources = 10_000
    /// More reports of reused identities than this are not remembered.
    private static let maximumReuses = 10_000

    let store: any LogStore
    private var subjects = SubjectCache()
    private var lastCounters: [String: Int] = [:]
    private var reuses: Set<Hash> = []

    init(store: any LogStore) { self.store = store }

    /// The greatest counter of this source that was accepted or refused; 0 when there is none.
    mutating func lastCounter(of source: String) throws -> Int {
        if let known = lastCounters[source] { return known }
        let accepted = try store.lastCounter(of: source)?.rawValue ?? 0
        let rejected = try store.lastRejectedCounter(of: source)?.rawValue ?? 0
        if lastCounters.count >= Self.maximumSources { lastCounters = [:] }
        lastCounters[source] = max(accepted, rejected)
        return max(accepted, rejected)
    }

    mutating func exists(_ subject: String) throws -> Bool {
        if subjects.contains(subject) { return true }
        guard try store.position(ofSubject: subject) != nil else { return false }
        subjects.insert(subject)
        return true
    }

    /// Whether this reuse of an identity has been stored as a rejection lately.
    func hasReported(_ reuse: Hash) -> Bool { reuses.contains(reuse) }

    mutating func learn(from batch: Batch) {
        for subject in batch.newNames { subjects.insert(subject) }
        for (source, counter) in batch.lastCounters { lastCounters[source] = counter }
        if reuses.count + batch.reuses.count > Self.maximumReuses { reuses = [] }
        reuses.formUnion(batch.reuses)
    }

    /// Forgets what another writer may have changed. Subjects stay: they never go away.
    mutating func forgetCounters() { lastCounters = [:] }
}

/// Goes through the lines of one push, in order, and adds to the batch what can be accepted.
struct PushSequencing {
    private let push: Push
    private let role: Role?
    private var last: Int
    private var verdicts = PushVerdicts()
    // By the numbers of the push's names and types; nil where nobody has asked yet.
    private var exists: [Bool?]
    private var allowed: [Bool?]
    private var stored: StoredEvents
    // By line, only kept for a push that repeats a counter.
    private var lineVerdicts: [Int: LineVerdict] = [:]
    private let keepsLineVerdicts: Bool

    private enum LineVerdict {
        case entry(Position)
        case refused(EventProblem)
    }

    /// - Throws: `PushError` when the device may not push at all, or what the store throws.
    private init(_ push: Push, _ batch: Batch, _ knowledge: inout LogKnowledge) throws {
        self.push = push
        role = try Self.role(of: push.device, in: batch.access)
        last = try batch.lastCounters[push.device] ?? knowledge.lastCounter(of: push.device)
        exists = Array(repeating: nil, count: push.names.names.count)
        allowed = Array(repeating: nil, count: push.types.count)
        stored = StoredEvents(store: knowledge.store, source: push.device)
        keepsLineVerdicts = push.lines.contains { $0.repeats >= 0 }
    }

    /// Takes a push into the batch.
    ///
    /// - Throws: `PushError` when the device may not push at all, or what the store throws. The batch may then hold a
    ///   part of the push and must be thrown away, unless it was a `PushError`.
    static func take(
        _ push: Push,
        into batch: inout Batch,
        _ knowledge: inout LogKnowledge
    ) throws -> PushVerdicts {
        var sequencing = try PushSequencing(push, batch, &knowledge)
        batch.reserve(bytes: push.body.count, events: push.lines.count)
        try push.body.withUnsafeBufferPointer { body in
            for number in push.lines.indices {
                try sequencing.take(number, of: body, into: &batch, &knowledge)
            }
        }
        batch.lastCounters[push.device] = sequencing.last
        return sequencing.verdicts
    }

    /// nil for the server itself, which may write everything.
    private static func role(of device: String, in access: Access) throws(PushError) -> Role? {
        if device == Push.serverSource { return nil }
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
        _ knowledge: inout LogKnowledge
    ) throws {
        let line = push.lines[number]
        let event = UnsafeBufferPointer(rebasing: body[line.bytes])
        guard line.counter < 0 || line.counter > last else {
            try repeated(number, event, of: body, &batch, knowledge)
            return
        }
        if line.counter >= 0 { last = line.counter }
        if let problem = try problem(of: line, in: batch, &knowledge) {
            batch.reject(source: push.device, counter: line.identity, problem, event.kept)
            refuse(number, problem)
            return
        }
        let counter = Counter(line.counter)
        let position = batch.append(event: event, source: push.device, counter: counter)
        verdicts.accepted.extend(source: push.device, counter: counter, position: position)
        if keepsLineVerdicts { lineVerdicts[number] = .entry(position) }
        let subject = Int(line.subject)
        if push.types[Int(line.type)].isCreating {
            batch.addSubject(push.names.names[subject], at: position)
            exists[subject] = true
        }
        if line.fact >= 0,
            let change = push.facts[Int(line.fact)].change(of: push.names.names[subject], in: batch.access)
        {
            batch.change(change)
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
        _ batch: inout Batch,
        _ knowledge: LogKnowledge
    ) throws {
        let line = push.lines[number]
        let counter = Counter(line.counter)
        if line.repeats >= 0, let earlier = lineVerdicts[Int(line.repeats)] {
            let first = body[push.lines[Int(line.repeats)].bytes]
            switch earlier {
            case _ where !first.elementsEqual(event): reuse(number, event, &batch, knowledge)
            case .entry(let position):
                verdicts.duplicate.extend(source: push.device, counter: counter, position: position)
            case .refused(let problem): refuse(number, problem)
            }
            return
        }
        switch try stored.find(counter, event) {
        case .entry(let position):
            verdicts.duplicate.extend(source: push.device, counter: counter, position: position)
            if keepsLineVerdicts { lineVerdicts[number] = .entry(position) }
        case .rejected(let problem):
            refuse(number, problem)
        case .otherBytes:
            reuse(number, event, &batch, knowledge)
        case .unknown:
            let problem = EventProblem(
                .sequenceNotIncreasing,
                "the id \(line.counter) is not greater than \(last), the last one seen of \(push.device); "
                    + "record the event again with a new id")
            batch.reject(source: push.device, counter: counter, problem, event.kept)
            refuse(number, problem)
        }
    }

    private mutating func reuse(
        _ number: Int,
        _ event: UnsafeBufferPointer<UInt8>,
        _ batch: inout Batch,
        _ knowledge: LogKnowledge
    ) {
        let counter = push.lines[number].counter
        let problem = EventProblem(
            .identityReused,
            "the id \(counter) of \(push.device) was used before for an event with other bytes; "
                + "if this replica is a copy or was restored from a backup, give it a device identity of its own")
        let mark = Hash.sha256(Array("\(push.device)\n\(counter)\n".utf8) + event)
        if !knowledge.hasReported(mark), batch.reuses.insert(mark).inserted {
            batch.reject(source: push.device, counter: Counter(counter), problem, event.kept)
        }
        refuse(number, problem)
    }
}

extension PushSequencing {
    /// Why a line with a new counter cannot be accepted now; nil when it can.
    private mutating func problem(
        of line: Push.Line,
        in batch: Batch,
        _ knowledge: inout LogKnowledge
    ) throws -> EventProblem? {
        if line.problem >= 0 { return push.problems[Int(line.problem)] }
        let type = push.types[Int(line.type)]
        let subject = push.names.names[Int(line.subject)]
        guard isAllowed(line.type) || type.writers.subjectItself && subject == push.device else {
            return notAllowed(type)
        }
        guard line.basis <= batch.size.rawValue else {
            return EventProblem(
                .basisAhead, "the basis \(line.basis) is beyond the log, which has \(batch.size.rawValue) entries")
        }
        if let problem = try subjectProblem(of: line, type, subject, in: batch, &knowledge) { return problem }
        for index in line.firstReference..<(line.firstReference + line.referenceCount) {
            let name = push.references[Int(index)]
            guard try exists(name, in: batch, &knowledge) else {
                return EventProblem(
                    .unknownReference,
                    "\(push.names.names[Int(name)]) is referred to and does not exist in this log; "
                        + "push the event that creates it first")
            }
        }
        return nil
    }

    private mutating func subjectProblem(
        of line: Push.Line,
        _ type: Catalogue.EventType,
        _ subject: String,
        in batch: Batch,
        _ knowledge: inout LogKnowledge
    ) throws -> EventProblem? {
        let isKnown = try exists(line.subject, in: batch, &knowledge)
        if type.isCreating {
            if isKnown {
                return EventProblem(.wrongIdentity, "\(subject) exists already, so \(type.name) cannot create it again")
            }
            let entryKind = "entry/"
            if subject.hasPrefix(entryKind), Int(subject.dropFirst(entryKind.count)) ?? .max >= batch.size.rawValue {
                return EventProblem(
                    .unknownSubject, "\(subject) is not in the log, which has \(batch.size.rawValue) entries")
            }
        } else if !isKnown {
            return EventProblem(
                .unknownSubject, "\(subject) does not exist in this log; push the event that creates it first")
        }
        return nil
    }

    private mutating func exists(
        _ name: Int32,
        in batch: Batch,
        _ knowledge: inout LogKnowledge
    ) throws -> Bool {
        if let known = exists[Int(name)] { return known }
        let text = push.names.names[Int(name)]
        let answer = try batch.newNames.contains(text) || knowledge.exists(text)
        exists[Int(name)] = answer
        return answer
    }

    private mutating func isAllowed(_ type: Int32) -> Bool {
        if let known = allowed[Int(type)] { return known }
        let answer = role.map { push.types[Int(type)].writers.allows($0) } ?? true
        allowed[Int(type)] = answer
        return answer
    }

    private func notAllowed(_ type: Catalogue.EventType) -> EventProblem {
        let needed = type.writers.role.map { "the role \($0.rawValue)" } ?? "the server, or the device that it is about"
        return EventProblem(
            .notAllowed, "\(type.name) takes \(needed); this member is \(role?.rawValue ?? "the server")")
    }
}

extension Push.Line {
    fileprivate var identity: Counter? { counter < 0 ? nil : Counter(counter) }
}

extension UnsafeBufferPointer<UInt8> {
    /// What is kept of a refused line: all of it, but for lines over the limit their beginning.
    fileprivate var kept: [UInt8] { Array(prefix(Push.maximumEventLength)) }
}
