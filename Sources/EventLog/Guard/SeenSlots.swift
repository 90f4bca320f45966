internal import AgendaModel

/// What stands in `log.seen`: two slots, which are written one after the other and in place, so that a full disk has room for them.
///
/// Each holds one line, filled up with spaces:
///
///     ambit-log-seen/v1 <number> <size> <root> <kept> <through> <checksum>
///
/// Of two slots that can be read the one with the greater number counts. A root or an accepted loss that there is none of is
/// `-`. The checksum is the beginning of the SHA-256 of what stands before it. So a slot whose writing was cut off does not
/// count, and the other one does.
package struct SeenSlots {
    /// Of a slot in bytes: what a disk writes at once.
    private static let slotLength = 512
    /// Of the file in bytes.
    package static let length = 2 * slotLength

    fileprivate struct Slot {
        var number: Int
        var mark: SeenMark
    }

    private var slots: [Slot?]

    /// Reads what stands in the file, which may be anything.
    package init(_ bytes: [UInt8]) {
        slots = (0..<2).map { index -> Slot? in
            let start = index * Self.slotLength
            guard bytes.count >= start + Self.slotLength else { return nil }
            return Slot(line: String(decoding: bytes[start..<start + Self.slotLength], as: UTF8.self))
        }
    }

    /// The mark that counts; nil when no slot can be read.
    package var mark: SeenMark? { latest?.mark }

    private var latest: Slot? { slots.compactMap(\.self).max { $0.number < $1.number } }

    /// What is to be written where for the next mark, and what stands there then: never over the one that counts.
    package func next(_ mark: SeenMark) -> (bytes: [UInt8], offset: Int, slots: SeenSlots) {
        let number = (latest?.number ?? 0) + 1
        let index = slots[0]?.number == latest?.number && latest != nil ? 1 : 0
        let slot = Slot(number: number, mark: mark)
        let line = slot.line
        let padding = [UInt8](repeating: UInt8(ascii: " "), count: Self.slotLength - line.utf8.count - 1)
        var after = self
        after.slots[index] = slot
        return (Array(line.utf8) + padding + [Lines.newline], index * Self.slotLength, after)
    }
}

extension SeenSlots.Slot {
    private static let header = "ambit-log-seen/v1"
    private static let none = "-"

    fileprivate init?(line: String) {
        let words = line.split { $0 == " " || $0 == "\n" }.map(String.init)
        guard words.count == 7, words[0] == Self.header, words[6] == Self.checksum(words.dropLast()),
            let number = Int(words[1]), let size = Int(words[2]), number >= 0, size >= 0
        else { return nil }
        let root = Hash(base64: words[3])
        guard root != nil || words[3] == Self.none else { return nil }
        var accepted: AcceptedLoss?
        if let after = Int(words[4]), let through = Int(words[5]) {
            accepted = AcceptedLoss(after: LogSize(after), through: LogSize(through))
        } else if words[4] != Self.none || words[5] != Self.none {
            return nil
        }
        self.init(number: number, mark: SeenMark(size: LogSize(size), root: root, accepted: accepted))
    }

    fileprivate var line: String {
        let words = [
            Self.header, "\(number)", "\(mark.size)", mark.root?.base64 ?? Self.none,
            mark.accepted.map { "\($0.after)" } ?? Self.none, mark.accepted.map { "\($0.through)" } ?? Self.none,
        ]
        return (words + [Self.checksum(words)]).joined(separator: " ")
    }

    private static func checksum(_ words: some Sequence<String>) -> String {
        String(Hash.sha256(Array(words.joined(separator: " ").utf8)).description.prefix(16))
    }
}
