public import AgendaModel

/// An entry whose data is to be erased: what stays of it, and what goes.
public struct Redaction: Hashable, Sendable {
    /// Where the entry stands.
    public var position: Position
    /// What happened.
    public var type: String
    /// What it happened to.
    public var subject: String
    /// Who recorded it.
    public var source: EventSource
    /// What the device's clock said then.
    public var time: Timestamp
    /// The pointers to the values that go, in the order of their bytes.
    public var erases: [String]
    /// The event that asks for it; nil when it has only been looked at.
    public var event: RecordedEvent?
    /// The event that was recorded before it, since the member's role would have gone too; nil where it stays.
    public var granted: RecordedEvent?
}

extension Redaction {
    init(of tombstone: UnsafeBufferPointer<UInt8>, at position: Position) throws {
        var reader = EventReader()
        let attributes = try reader.read(tombstone, as: .entry)
        func text(_ range: Range<Int>) -> String { String(decoding: tombstone[range], as: UTF8.self) }
        var erases: [String] = []
        reader.forEachLeaf(in: tombstone) { path, _ in erases.append(path) }
        self.init(
            position: position,
            type: text(attributes.type),
            subject: text(attributes.subject),
            source: EventSource(unchecked: text(attributes.source)),
            time: attributes.time,
            erases: erases
        )
    }
}
