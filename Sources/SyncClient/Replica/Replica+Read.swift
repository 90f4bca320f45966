internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Projections

extension Replica {
    /// The number that the next event gets that is recorded here.
    package func nextEventID() throws(ReplicaError) -> Int {
        try performing("reading the outbox") { try store.outbox.nextCounter().rawValue }
    }

    /// How the replica stands.
    ///
    /// ```swift
    /// let status = try replica.status()
    /// print("\(status.size) entries; \(status.pending) events to send, \(status.refused) refused")
    /// ```
    ///
    /// - Throws: `ReplicaError`.
    public func status() throws(ReplicaError) -> ReplicaStatus {
        let state = try state()
        let overtaken = try overtaken()
        let clockLead = try clockLead()
        return try performing("reading the replica's status") {
            let settings = try settings
            let counts = try store.outbox.counts()
            let waitingSignatures = try store.outbox.pending(holding: DeviceSignature.typeAttribute).count
            let facts = try store.replicaFacts()
            let size = try store.head().size
            let known = facts[ReplicaFact.knownSize].flatMap { Int($0) } ?? 0
            let signing = EntrySigning(files: files, store: store, stateFile: state, environment: environment)
            let changesDevice = facts[ReplicaFact.sharedIdentity] != nil || files.exists(files.enrolment)
            return ReplicaStatus(
                settings: settings,
                role: try currentRole(in: state)?.rawValue ?? settings.role,
                size: size,
                knownServerSize: max(size, LogSize(known)),
                pending: counts.pending - waitingSignatures,
                refused: counts.refused,
                notLetThrough: try store.outbox.notLetThrough().map(\.rawValue),
                badSignatures: Self.badSignatures(in: facts),
                // Another device gets a key of its own.
                lacksKey: try !changesDevice && signing.lacksKey(as: settings.device),
                conflicts: try state.read(pending: try pendingLines()) { try $0.conflictCount() },
                overtaken: overtaken,
                lastSync: facts[ReplicaFact.lastSync],
                recordedAhead: try store.head().recordedTime.flatMap {
                    $0.isFarAhead(of: environment.now()) ? $0.description : nil
                },
                clockLead: clockLead,
                changesDevice: changesDevice
            )
        }
    }

    private static func badSignatures(in facts: [String: String]) -> [BadSignature] {
        facts.compactMap { name, value -> BadSignature? in
            let words = value.split(separator: " ")
            guard name.hasPrefix(ReplicaFact.badSignature), words.count == 2,
                let position = Int(name.dropFirst(ReplicaFact.badSignature.count))
            else { return nil }
            return BadSignature(
                position: Position(position),
                device: DeviceID(unchecked: String(words[0])),
                fault: String(words[1])
            )
        }.sorted { $0.position < $1.position }
    }

    /// A subject's document with what is pending laid over it.
    ///
    /// - Parameter subject: its whole name; see `resolve`.
    /// - Returns: nil when there is no such subject.
    /// - Throws: `ReplicaError`.
    public func document(of subject: String) throws(ReplicaError) -> SubjectDocument? {
        try overlaid { view in
            try view.document(of: subject).map { document in
                SubjectDocument(
                    subject: subject,
                    document: String(decoding: document, as: UTF8.self),
                    erased: try view.registers(of: subject).erased
                )
            }
        }
    }

    /// The documents of a kind, or all, sorted by subject, with what is pending laid over them.
    ///
    /// ```swift
    /// for project in try replica.documents(kind: "project") {
    ///     print(project.subject, project.document)
    /// }
    /// ```
    ///
    /// - Parameter kind: a kind of the catalogue; nil = all.
    /// - Returns: each subject with its document.
    /// - Throws: `ReplicaError`.
    public func documents(kind: String? = nil) throws(ReplicaError) -> [SubjectDocument] {
        try overlaid { view in
            try view.documents(kind: kind, after: nil, limit: .max).map { subject, document in
                SubjectDocument(subject: subject, document: String(decoding: document, as: UTF8.self))
            }
        }
    }

    /// The digest of the confirmed state, 64 hexadecimal digits: equal on every replica of the same size.
    ///
    /// - Throws: `ReplicaError`.
    public func digest() throws(ReplicaError) -> String {
        let state = try state()
        return try performing("computing the digest") { try state.digest().description }
    }

    /// Entries of the verified log, each followed by a newline.
    ///
    /// - Parameter range: positions; must lie within the log.
    /// - Returns: the bytes as they are hashed and sent.
    /// - Throws: `ReplicaError`.
    public func entries(_ range: Range<Int>) throws(ReplicaError) -> [UInt8] {
        try performing("reading entries") {
            try store.entries(Position(range.lowerBound)..<Position(range.upperBound))
        }
    }

    /// What waits to be sent, in the order of recording; without signatures on what is in the log.
    ///
    /// - Throws: `ReplicaError`.
    public func pending() throws(ReplicaError) -> [PendingEvent] {
        try items(store.outbox.pending).filter { !$0.isSignature }.map(PendingEvent.init)
    }

    /// The lines of all events that are in no log as far as is known here, refused ones too, in the order of recording.
    ///
    /// Signatures on what is in the log are left out. An event that is not as it was written is among them as it is.
    ///
    /// - Throws: `ReplicaError`.
    public func outboxLines() throws(ReplicaError) -> [String] {
        try storedEvents().map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// The same byte for byte, also of events that are damaged.
    ///
    /// - Throws: `ReplicaError`.
    package func storedEvents() throws(ReplicaError) -> [StoredEvent] {
        try performing("reading the outbox") { try StoredEvent.events(in: store.outbox.storedLines()) }
    }

    /// Everything of one state in the outbox.
    func items(_ read: (Counter, Int) throws -> [Outbox.Item]) throws(ReplicaError) -> [Outbox.Item] {
        try performing("reading the outbox") {
            var items: [Outbox.Item] = []
            while true {
                let page = try read(items.last?.counter ?? Counter(0), 4096)
                guard !page.isEmpty else { return items }
                items += page
            }
        }
    }

    /// Reads the state with what is pending laid over it.
    func overlaid<Value>(_ body: (StateView) throws -> Value) throws(ReplicaError) -> Value {
        try reading { view, _ in try body(view) }
    }
}

extension [Register] {
    /// The paths of those whose shown value was erased.
    package var erased: [String] { filter { $0.heads.first?.isErased ?? false }.map(\.path) }
}
