internal import AgendaModel
internal import EventLogSQLite

/// Makes new events in the places of refused ones, and of pending ones that mention what a refused one would have
/// created.
///
/// Such a pending event may have been sent: it can only have been refused, because its subject or reference never came
/// to be. So it may take another identity, which events in general must not.
struct SecondRecorder {
    private let refused: [Int: Outbox.Item]
    private let pending: [Outbox.Item]
    private var next: Counter
    private var composer: EventComposer
    private(set) var renaming: SubjectRenaming
    private(set) var events: [SecondRecording.Event] = []

    init(
        items: [Outbox.Item],
        next: Counter,
        composer: EventComposer,
        renaming: SubjectRenaming
    ) {
        let refused = items.filter(\.isRefused).map { ($0.counter.rawValue, $0) }
        self.refused = Dictionary(uniqueKeysWithValues: refused)
        pending = items.filter { !$0.isRefused }
        self.next = next
        self.composer = composer
        self.renaming = renaming
    }

    /// The counters of all refused events, in order.
    var refusedIDs: [Int] { refused.keys.sorted() }

    /// - Throws: as `EventComposer.admit`, and `notRefused`; then nothing has changed.
    mutating func retry(_ id: Int) throws {
        let item = try refused(id)
        var renaming = renaming
        let line = try renaming.rename(item.event, source: composer.device, counter: next)
        let event = try composer.admit(line)
        self.renaming = renaming
        append(event, for: item)
    }

    /// - Throws: as `EventComposer.compose`, and `notRefused`; then nothing has changed.
    mutating func correct(_ id: Int, _ correction: Correction) throws {
        let item = try refused(id)
        let old = try JSONValue(parsing: String(decoding: item.event, as: UTF8.self))
        guard let oldType = old["type"]?.text, let oldSubject = old["subject"]?.text, let data = old["data"],
            let time = old["time"]?.text.flatMap({ Timestamp($0) }), case .number(let basis) = old["basis"],
            let basis = Int(basis)
        else {
            throw ReplicaError(
                .invalidEvent,
                "the refused event \(id) cannot be read",
                nextStep: "record it anew; ambit refused export prints what there is of it",
                problem: EventProblem.Code.malformedEvent.rawValue
            )
        }
        let type = correction.type ?? oldType
        let names = renaming.subjects
        let makesSubject = SubjectRenaming.kindCreated(by: type) != nil
        let draft = EventDraft(
            type: type,
            subject: correction.subject ?? (makesSubject ? nil : names[oldSubject] ?? oldSubject),
            data: try data.mapReferences(ofType: oldType) { names[$0] ?? $0 }.merged(with: correction.data),
            time: time,
            basis: LogSize(basis)
        )
        let event = try composer.compose(draft, counter: next)
        let kind = SubjectRenaming.kindCreated(by: oldType)
        if let kind, event.subject.hasPrefix("\(kind)/") { renaming.learn(oldSubject, is: event.subject) }
        append(event, for: item)
    }

    /// Lets the pending events follow that mention what has been renamed.
    mutating func movePending() throws {
        guard !renaming.subjects.isEmpty else { return }
        var mentions = EventMentions()
        for item in pending {
            guard renaming.concerns(mentions.summary(of: item.event)) else { continue }
            let line = try renaming.rename(item.event, source: composer.device, counter: next)
            guard let renamed = mentions.summary(of: line) else { continue }
            let text = String(decoding: line, as: UTF8.self)
            append(RecordedEvent(id: next.rawValue, subject: renamed.subject, line: text), for: item)
        }
    }

    private func refused(_ id: Int) throws -> Outbox.Item {
        guard let item = refused[id] else { throw ReplicaError.notRefused(id) }
        return item
    }

    private mutating func append(_ event: RecordedEvent, for item: Outbox.Item) {
        events.append(.init(replaced: item.counter.rawValue, wasRefused: item.isRefused, event: event))
        next = Counter(next.rawValue + 1)
    }
}

extension Outbox.Item {
    fileprivate var isRefused: Bool {
        if case .refused = state { true } else { false }
    }
}

/// The names that subjects of refused events have got, kept among the replica's facts: refused events that mention them
/// may be recorded again much later.
struct SubjectNames {
    private static let prefix = "renamed "

    /// The present name of every subject that was renamed, however often.
    let current: [String: String]

    init(_ facts: [String: String]) {
        var steps: [String: String] = [:]
        for (key, subject) in facts where key.hasPrefix(Self.prefix) {
            steps[String(key.dropFirst(Self.prefix.count))] = subject
        }
        current = steps.mapValues { subject in
            var subject = subject
            // There are fewer steps than names, also in a file that somebody has changed.
            var left = steps.count
            while let next = steps[subject], left > 0 {
                subject = next
                left -= 1
            }
            return subject
        }
    }

    /// What to keep of new names.
    static func facts(for names: [String: String], after old: [String: String]) -> [String: String?] {
        var facts: [String: String?] = [:]
        for (subject, name) in names where old[subject] != name { facts[prefix + subject] = name }
        return facts
    }

    /// What to keep when the events of the outbox have become another device's.
    ///
    /// The subjects that they create were called otherwise before, and another copy of the folder may have made something
    /// else under such a name since. So a name is not kept by itself, but only what leads to it: as the present name of a
    /// refused event's subject, which nobody else can have, or by a refused event that mentions it.
    ///
    /// - Parameters:
    ///   - names: the names that the subjects have now, by those that they had.
    ///   - mentioned: the subjects that refused events mention.
    /// - Returns: the facts that change.
    func facts(following names: [String: String], mentioned: Set<String>) -> [String: String?] {
        var facts: [String: String?] = [:]
        for (subject, name) in current { if let name = names[name] { facts[Self.prefix + subject] = name } }
        for subject in mentioned { if let name = names[subject] { facts[Self.prefix + subject] = name } }
        return facts
    }
}
