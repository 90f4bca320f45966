internal import AgendaModel
internal import EventLog

/// Notices a device's own events among entries.
///
/// A replica that was copied, or put back from a backup, has forgotten events that it recorded and sent: their counters
/// must not be used again.
struct OwnCounters: Sendable {
    private let source: [UInt8]
    /// How the source stands in a line: an event has it in this form only.
    private let attribute: [UInt8]
    /// How far the search may move on after a byte at the attribute's end (Horspool 1980).
    private let steps: [Int]
    private var reader = EventReader()
    /// The greatest counter seen; 0 when there was none.
    private(set) var greatest = 0

    /// - Parameter device: `device/<id>`.
    init(of device: String) {
        source = Array(device.utf8)
        attribute = Array(#""source":"\#(device)""#.utf8)
        var steps = [Int](repeating: attribute.count, count: 256)
        for (index, byte) in attribute.dropLast().enumerated() { steps[Int(byte)] = attribute.count - 1 - index }
        self.steps = steps
    }

    /// Looks at entries, each followed by a newline.
    mutating func look(at entries: [UInt8]) {
        entries.withUnsafeBufferPointer { bytes in
            var at = 0
            while let place = place(in: bytes, from: at) {
                let start = bytes[..<place].lastIndex(of: Lines.newline).map { $0 + 1 } ?? 0
                let end = bytes[place...].firstIndex(of: Lines.newline) ?? bytes.count
                note(UnsafeBufferPointer(rebasing: bytes[start..<end]))
                at = end
            }
        }
    }

    /// Where the attribute stands next.
    private func place(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        let last = attribute.count - 1
        var at = start
        while at + last < bytes.count {
            let byte = bytes[at + last]
            if byte == attribute[last], bytes[at..<at + last].elementsEqual(attribute[..<last]) { return at }
            at += steps[Int(byte)]
        }
        return nil
    }

    /// The text may also stand in the data of others' events, and what cannot be read is for others to report.
    private mutating func note(_ entry: UnsafeBufferPointer<UInt8>) {
        guard let attributes = try? reader.read(entry, as: .entry),
            entry[attributes.source].elementsEqual(source)
        else { return }
        greatest = max(greatest, attributes.counter.rawValue)
    }
}
