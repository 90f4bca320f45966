package import AgendaModel

/// A part of a log as C2SP's tlog-tiles cuts it and names it.
///
/// It has up to 256 hashes of one level of the tree, or the entries below them, from a multiple of 256 on.
package struct Tile: Hashable, Sendable {
    /// What it holds.
    package enum Content: Hashable, Sendable {
        /// Level 0 has the leaves; each further one the roots of the full tiles of the level before.
        case hashes(level: Int)
        /// An entry bundle.
        case entries
    }

    /// What a full tile holds; the last one of a level has fewer, and is partial.
    package static let fullWidth = 256
    /// The levels that the format knows; a log of 2^63 entries would need the first eight.
    package static let levels = 0...63
    /// The binary logarithm of the full width: so many levels of the tree are one level of tiles.
    package static let height = fullWidth.trailingZeroBitCount

    package let content: Content
    /// Counts the tiles of a level from 0.
    package let index: Int
    /// How many hashes or entries it has, from 1 to 256.
    package let width: Int

    /// - Precondition: level, index and width are in their ranges.
    package init(_ content: Content, index: Int, width: Int = fullWidth) {
        if case .hashes(let level) = content { precondition(Self.levels.contains(level), "tiles have levels 0 to 63") }
        precondition((1...Self.fullWidth).contains(width), "a tile has 1 to 256 hashes or entries")
        precondition((0...Self.maximumIndex(width: width)).contains(index), "a tile's index lies in no log")
        self.content = content
        self.index = index
        self.width = width
    }

    /// No log has 2^63 entries.
    private static func maximumIndex(width: Int) -> Int { (Int.max - width) >> height }

    package var isFull: Bool { width == Self.fullWidth }

    /// The level that its index and width count in: 0 for entries, as for their leaves.
    package var level: Int {
        switch content {
        case .hashes(let level): level
        case .entries: 0
        }
    }

    /// What it holds, counted along its level: for level 0 positions.
    package var range: Range<Int> { index * Self.fullWidth..<index * Self.fullWidth + width }

    /// How many hashes a level has in a log of this size: those whose subtrees are full.
    package static func count(at level: Int, size: LogSize) -> Int {
        level * height < Int.bitWidth - 1 ? size.rawValue >> (level * height) : 0
    }

    /// Whether the tile is of the tree that the log has at this size or had before.
    ///
    /// A partial one of any width that the log has passed is.
    package func exists(at size: LogSize) -> Bool { range.upperBound <= Self.count(at: level, size: size) }

    /// The tiles of a level at a size: all full ones, then the partial one if there is one.
    ///
    /// Each is made when it is asked for: a checkpoint may say any size, whatever there is of the log.
    package static func all(_ content: Content, at size: LogSize) -> LazyMapCollection<Range<Int>, Tile> {
        let count = count(at: Tile(content, index: 0).level, size: size)
        let tiles = count / fullWidth + (count.isMultiple(of: fullWidth) ? 0 : 1)
        return (0..<tiles).lazy.map {
            Tile(content, index: $0, width: min(fullWidth, count - $0 * fullWidth))
        }
    }
}

extension Tile {
    /// Below a log's address: `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`.
    package var path: String {
        let name =
            switch content {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        return "tile/\(name)/\(Self.groups(of: index))" + (isFull ? "" : ".p/\(width)")
    }

    /// 1234067 as `x001/x234/067`.
    private static func groups(of index: Int) -> String {
        var text = group(index % 1000)
        var rest = index / 1000
        while rest > 0 {
            text = "x\(group(rest % 1000))/\(text)"
            rest /= 1000
        }
        return text
    }

    private static func group(_ number: Int) -> String {
        String(repeating: "0", count: 3 - String(number).count) + String(number)
    }

    /// Reads a path; nil for everything that `path` would not have written.
    package init?(path: some StringProtocol) {
        let split: [Substring] = Substring(path).split(separator: "/", omittingEmptySubsequences: false)
        var parts = split.map(String.init)[...]
        guard parts.popFirst() == "tile", let name = parts.popFirst(), let last = parts.last else { return nil }
        let content: Content
        if name == "entries" {
            content = .entries
        } else if let level = Self.number(name, in: Self.levels) {
            content = .hashes(level: level)
        } else {
            return nil
        }
        var width = Self.fullWidth
        if parts.count > 1, parts[parts.endIndex - 2].hasSuffix(".p") {
            guard let partial = Self.number(last, in: 1...Self.fullWidth - 1) else { return nil }
            width = partial
            parts.removeLast()
            parts[parts.endIndex - 1].removeLast(2)
        }
        guard !parts.isEmpty, let index = Self.index(parts, width: width) else { return nil }
        self.init(content, index: index, width: width)
    }

    private static func index(_ groups: ArraySlice<String>, width: Int) -> Int? {
        guard groups.count == 1 || groups.first != "x000" else { return nil }
        let greatest = maximumIndex(width: width)
        var index = 0
        for (place, group) in groups.enumerated() {
            var digits = group[...]
            if place < groups.count - 1, digits.popFirst() != "x" { return nil }
            guard digits.utf8.count == 3, let number = number(of: digits), index <= greatest / 1000 else {
                return nil
            }
            index = index * 1000 + number
        }
        return index <= greatest ? index : nil
    }

    /// A decimal number without leading zeros.
    private static func number(_ text: String, in range: ClosedRange<Int>) -> Int? {
        guard text.utf8.count <= 3, text == "0" || !text.hasPrefix("0"), let number = number(of: text[...]) else {
            return nil
        }
        return range.contains(number) ? number : nil
    }

    private static func number(of text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(text)
    }
}
