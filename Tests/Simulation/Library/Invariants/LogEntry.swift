internal import AgendaModel
internal import EventLog

/// An entry, taken apart.
struct LogEntry {
    let bytes: [UInt8]
    let identity: Identity
    let subject: String
    let type: String
    let basis: Int
    let recordedTime: Timestamp?
    let leaf: Hash
    /// Whether it is what is left of an entry.
    let isErased: Bool
    /// The mark that its text holds, or held; nil for what no user recorded.
    var mark: Int?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        mark = Mark.find(in: bytes)
        var reader = EventReader()
        let attributes = bytes.withUnsafeBufferPointer { try? reader.read($0, as: .entry) }
        identity = Identity(
            source: EventSource(unchecked: attributes.map { String(decoding: bytes[$0.source], as: UTF8.self) } ?? ""),
            counter: attributes?.counter.rawValue ?? 0
        )
        subject = attributes.map { String(decoding: bytes[$0.subject], as: UTF8.self) } ?? ""
        type = attributes.map { String(decoding: bytes[$0.type], as: UTF8.self) } ?? ""
        basis = attributes?.basis.rawValue ?? 0
        recordedTime = attributes?.recordedTime
        leaf = bytes.withUnsafeBufferPointer { Merkle.leaf($0) }
        isErased = attributes?.tombstone != nil
    }

    /// The entries of a block, each followed by a newline.
    static func split(_ block: [UInt8]) -> [[UInt8]] {
        block.split(separator: Lines.newline).map(Array.init)
    }
}
