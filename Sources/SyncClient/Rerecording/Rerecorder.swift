internal import AgendaModel
internal import EventLogSQLite

/// Makes new events in the places of refused ones, and of pending ones that mention what a refused one would have
/// created.
///
/// Such a pending event may have been sent: it can only have been refused, because its subject or reference never came
/// to be. So it may take another identity, which events in general must not.
struct Rerecorder {
    private let refused: [Int: Outbox.Item]
    private let pending: [Outbox.Item]
    private var next: Counter
    private var composer: EventComposer
    private(set) var rewriter: EventRewriter
    private(set) var events: [Rerecording.Event] = []

    init(
        items: [Outbox.Item],
        next: Counter,
        composer: EventComposer,
        rewriter: EventRewriter
    ) {
        let refused = items.filter(\.isRefused).map { ($0.counter.rawValue, $0) }
        self.refused = Dictionary(uniqueKeysWithValues: refused)
        pending = items.filter { !$0.isRefused }
        self.next = next
        self.composer = composer
        self.rewriter = rewriter
    }

    /// The counters of all refused events, in order.
    var refusedIDs: [Int] { refused.keys.sorted() }

    /// - Throws: as `EventComposer.admit`, and `notRefused`; then nothing has changed.
    mutating func retry(_ id: Int) throws {
        let item = try refused(id)
        let rewritten = try rewriter.rewritten(item.event, source: composer.device, counter: next)
        let event = try composer.admit(rewritten.line)
        rewriter.follow(rewritten)
        append(event, for: item)
    }

    /// - Throws: as `EventComposer.compose`, and `notRefused`; then nothing has changed.
    mutating func correct(_ id: Int, _ correction: Correction) throws {
        let item = try refused(id)
        let old = try JSONValue.reading(item.event)
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
        let names = rewriter.mapping
        let makesSubject = EventRewriter.kindCreated(by: type) != nil
        let draft = EventDraft(
            type: type,
            subject: correction.subject ?? (makesSubject ? nil : names[oldSubject] ?? oldSubject),
            data: try (correction.former ?? data).mapReferences(ofType: oldType) { names[$0] ?? $0 }
                .merged(with: correction.data),
            time: time,
            basis: LogSize(basis)
        )
        let event = try composer.compose(draft, counter: next)
        let kind = EventRewriter.kindCreated(by: oldType)
        if let kind, event.subject.hasPrefix("\(kind)/") { rewriter.map(oldSubject, to: event.subject) }
        append(event, for: item)
    }

    /// Lets the pending events follow that mention what has been renamed.
    mutating func rewritePending() throws {
        guard !rewriter.mapping.isEmpty else { return }
        var mentions = EventMentions()
        for item in pending {
            guard rewriter.affects(mentions.summary(of: item.event)) else { continue }
            let line = try rewriter.rewrite(item.event, source: composer.device, counter: next)
            guard let renamed = mentions.summary(of: line) else { continue }
            append(RecordedEvent(id: next.rawValue, subject: renamed.subject, bytes: line), for: item)
        }
    }

    private func refused(_ id: Int) throws -> Outbox.Item {
        guard let item = refused[id] else { throw ReplicaError.notRefused(id) }
        return item
    }

    private mutating func append(_ event: RecordedEvent, for item: Outbox.Item) {
        events.append(.init(replaced: item.counter.rawValue, wasRefused: item.isRefused, event: event))
        next = next.next
    }
}

extension Outbox.Item {
    fileprivate var isRefused: Bool {
        if case .refused = state { true } else { false }
    }
}
