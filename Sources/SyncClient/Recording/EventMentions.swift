internal import AgendaModel

/// What events are about, and which of them mention what others would have created.
struct EventMentions {
    struct Summary {
        var type: String
        var subject: String
        var time: Timestamp
        /// The subject and the references in the data.
        var mentions: Set<String>
        /// What the event creates; nil when it creates nothing that takes its name from it.
        var created: String?
    }

    private var reader = EventReader()
    /// The counters of the events that mention a subject, by what others create.
    private var byCreated: [String: [Int]] = [:]

    /// Names an event whose subject, if it would have created one, later events are searched for.
    mutating func expect(_ event: [UInt8]) {
        if let created = summary(of: event)?.created { byCreated[created] = [] }
    }

    /// Takes up an event's mentions.
    mutating func look(at event: [UInt8], counter: Int) {
        guard !byCreated.isEmpty, let summary = summary(of: event) else { return }
        for subject in summary.mentions { byCreated[subject]?.append(counter) }
    }

    /// The events that mention what this one would have created, itself included.
    func dependents(of event: Summary?) -> [Int] { event?.created.flatMap { byCreated[$0] } ?? [] }

    /// nil for a line that is no event.
    mutating func summary(of event: [UInt8]) -> Summary? {
        event.withUnsafeBufferPointer { bytes in
            guard let attributes = try? reader.read(bytes, as: .event) else { return nil }
            let type = String(decoding: bytes[attributes.type], as: UTF8.self)
            let subject = String(decoding: bytes[attributes.subject], as: UTF8.self)
            var mentions: Set<String> = [subject]
            if (try? reader.validate(attributes, in: bytes)) != nil {
                mentions.formUnion(reader.references)
            } else if let data = try? JSONValue(parsing: Array(bytes[attributes.data])) {
                // What the catalogue does not allow may still have references.
                _ = try? data.mapReferences(ofType: type) { reference in
                    mentions.insert(reference)
                    return reference
                }
            }
            return Summary(
                type: type,
                subject: subject,
                time: attributes.time,
                mentions: mentions,
                created: EventRewriter.kindCreated(by: type) == nil ? nil : subject
            )
        }
    }
}
