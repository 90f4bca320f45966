package import AgendaModel

/// The last attribute of every entry, added by the log: `,"recordedtime":"2026-11-12T10:11:12.123Z"}`.
package enum EntrySuffix {
    /// How many bytes of an entry the log wrote: the attribute and the closing brace that moved behind it.
    package static let length = 43
    /// How many bytes an entry has more than its event: the event's closing brace became part of the suffix.
    package static let growth = 42

    static let start = Array(#","recordedtime":""#.utf8)
    static let end = Array(#""}"#.utf8)
    /// The length of a time in its fixed form.
    static let timeLength = 24

    /// What takes the place of an event's closing brace.
    package static func bytes(_ time: Timestamp) -> [UInt8] { start + Array(time.description.utf8) + end }

    /// The device's own bytes of an entry.
    package static func event(of entry: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        entry.dropLast(length) + [UInt8(ascii: "}")]
    }

    /// Whether the entry is this event with a suffix behind it, or what is left of that.
    package static func isEntry(_ entry: UnsafeBufferPointer<UInt8>, of event: UnsafeBufferPointer<UInt8>) -> Bool {
        if let leaf = ErasedEntry.leaf(of: entry) {
            let whole = event.dropLast() + entry.suffix(length)
            return event.last == UInt8(ascii: "}") && whole.withUnsafeBufferPointer(Merkle.leafHash(of:)) == leaf
        }
        return entry.count == event.count + growth && event.last == UInt8(ascii: "}")
            && entry.dropLast(length).elementsEqual(event.dropLast())
    }

    /// The recorded time of an entry; nil when the bytes do not end as an entry does.
    package static func recordedTime(of entry: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        guard entry.count > length else { return nil }
        let suffix = UnsafeBufferPointer(rebasing: entry.suffix(length))
        guard suffix.starts(with: start), suffix.suffix(end.count).elementsEqual(end) else { return nil }
        return Timestamp(UnsafeBufferPointer(rebasing: suffix.dropFirst(start.count).prefix(timeLength)))
    }
}
