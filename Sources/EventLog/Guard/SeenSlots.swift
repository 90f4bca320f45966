internal import AgendaModel

/// What stands in `log.seen`: two slots, which are written one after the other and in place, so that a full disk has room for them.
///
/// Each begins with one line; what follows that in the slot is of no meaning:
///
///     ambit-log-seen/v1 <number> <size> <root> <given up> <shown> [heard] <checksum>
///
/// Of two slots that can be read the one with the greater number counts. A root that there is none of is `-`. The two lists have
/// `<size>:<letter><SHA-256, its beginning>` of each sign, with commas between, and are `-` when nothing is in them. `heard` stands
/// where all of it is what others have shown, and the server itself had noted nothing. The checksum is the beginning of the SHA-256
/// of what stands before it. So a slot whose writing was cut off does not count, and the other one does.
///
/// Earlier versions had shorter slots, and two sizes in place of the lists: what was given up is then not known any more.
package struct SeenSlots {
    /// Of a slot in bytes.
    private static let slotLength = 16_384
    /// Of a slot of an earlier version, in bytes.
    private static let earlierSlotLength = 512
    /// Of the file in bytes.
    package static let length = 2 * slotLength

    fileprivate struct Slot {
        var number: Int
        var mark: SeenMark
    }

    private var slots: [Slot?]

    /// Reads what stands in the file, which may be anything.
    package init(_ bytes: [UInt8]) {
        let isEarlier = bytes.count <= 2 * Self.earlierSlotLength
        let length = isEarlier ? Self.earlierSlotLength : Self.slotLength
        slots = (0..<2).map { index -> Slot? in
            let slot = bytes.dropFirst(index * length).prefix(length)
            guard let end = slot.firstIndex(of: Lines.newline) else { return nil }
            return Slot(line: String(decoding: slot[..<end], as: UTF8.self))
        }
        // The next one is written into the second place, where it covers neither of the shorter ones.
        if isEarlier { slots = [latest, nil] }
    }

    /// The mark that counts; nil when no slot can be read.
    package var mark: SeenMark? { latest?.mark }

    private var latest: Slot? { slots.compactMap(\.self).max { $0.number < $1.number } }

    /// What is to be written where for the next mark, and what stands there then: never over the one that counts.
    ///
    /// - Parameters:
    ///   - mark: the next one.
    ///   - isPadded: whether spaces fill up the slot, in a file that has not its length yet.
    /// - Returns: the bytes, where they belong in the file, and what stands there then.
    package func next(
        _ mark: SeenMark,
        isPadded: Bool = true
    ) -> (bytes: [UInt8], offset: Int, slots: SeenSlots) {
        let number = (latest?.number ?? 0) + 1
        let index = slots[0]?.number == latest?.number && latest != nil ? 1 : 0
        let slot = Slot(number: number, mark: mark)
        let line = slot.line
        let left = isPadded ? Self.slotLength - line.utf8.count - 1 : 0
        var after = self
        after.slots[index] = slot
        let bytes = Array(line.utf8) + [Lines.newline] + Array(repeating: UInt8(ascii: " "), count: left)
        return (bytes, index * Self.slotLength, after)
    }
}

extension SeenSlots.Slot {
    private static let header = "ambit-log-seen/v1"
    private static let none = "-"
    private static let heard = "heard"

    fileprivate init?(line: String) {
        let words = line.split { $0 == " " || $0 == "\n" }.map(String.init)
        let isHeard = words.count == 8 && words[6] == Self.heard
        guard words.count == 7 || isHeard, words[0] == Self.header, words.last == Self.checksum(words.dropLast()),
            let number = Int(words[1]), let size = Int(words[2]), number >= 0, size >= 0
        else { return nil }
        let root = Hash(base64: words[3])
        guard root != nil || words[3] == Self.none else { return nil }
        guard let givenUp = Self.traces(words[4]), let shown = Self.traces(words[5]) else { return nil }
        let mark = SeenMark(size: LogSize(size), root: root, givenUp: givenUp, shown: shown, isOwn: !isHeard)
        self.init(number: number, mark: mark)
    }

    /// nil for what is no list; an earlier version has written a number.
    private static func traces(_ word: String) -> [SeenTrace]? {
        if word == none || Int(word) != nil { return [] }
        let texts = word.split(separator: ",", omittingEmptySubsequences: false)
        let traces = texts.compactMap { SeenTrace(text: $0) }
        return traces.count == texts.count ? traces : nil
    }

    private static func word(of traces: [SeenTrace]) -> String {
        traces.isEmpty ? none : traces.map(\.text).joined(separator: ",")
    }

    fileprivate var line: String {
        var words = [
            Self.header, "\(number)", "\(mark.size)", mark.root?.base64 ?? Self.none,
            Self.word(of: mark.givenUp), Self.word(of: mark.shown),
        ]
        if !mark.isOwn { words.append(Self.heard) }
        return (words + [Self.checksum(words)]).joined(separator: " ")
    }

    private static func checksum(_ words: some Sequence<String>) -> String {
        String(Hash.sha256(Array(words.joined(separator: " ").utf8)).description.prefix(16))
    }
}
