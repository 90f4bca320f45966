/// What stands in an entry in place of its data once that has been erased (Protocol/Log.md, "Erased entries").
public struct Tombstone: Hashable, Sendable {
    /// Where the `entry.redacted` stands that asked for it.
    public var redaction: Position
    /// Base64 of the leaf hash that the entry had before: a range of the line.
    public var leaf: Range<Int>

    /// A tombstone as it was read from an entry's line.
    public init(redaction: Position, leaf: Range<Int>) {
        self.redaction = redaction
        self.leaf = leaf
    }

    /// The type of the events that have entries erased.
    public static let redactionType = "entry.redacted"

    /// Whether entries of a type can be erased: not those that say why something is missing, who wrote what, or who may
    /// do what.
    public static func mayReplace(type: some Collection<UInt8>) -> Bool {
        !lastingTypes.contains { type.elementsEqual($0.utf8) }
    }

    /// None of them has a field that could say more of a person than what it is for.
    private static let lastingTypes = [
        redactionType, "device.signed", "device.revoked", "member.granted", "member.left",
    ]

    /// The position that a subject names, `entry/<position>`; nil for other subjects, and for numbers in another form.
    public static func position(ofEntry subject: some Collection<UInt8>) -> Position? {
        let kind = "entry/".utf8
        let digits = subject.dropFirst(kind.count)
        guard subject.starts(with: kind), !digits.isEmpty, digits.count <= 15,
            digits.allSatisfy({ $0 &- 0x30 < 10 }), digits.count == 1 || digits.first != UInt8(ascii: "0")
        else { return nil }
        return Position(digits.reduce(0) { $0 * 10 + Int($1 &- 0x30) })
    }
}

extension EventAttributes {
    /// The position of the entry that this one has erased; nil for every other event or entry.
    public func redactedPosition(in line: UnsafeBufferPointer<UInt8>) -> Position? {
        guard type.count == Tombstone.redactionType.utf8.count, tombstone == nil,
            line[type].elementsEqual(Tombstone.redactionType.utf8)
        else { return nil }
        return Tombstone.position(ofEntry: line[subject])
    }
}

// MARK: - Writing

extension EventReader {
    /// What is left of an entry when its data is erased.
    ///
    /// Everybody who erases it makes the same bytes.
    ///
    /// - Parameters:
    ///   - entry: its bytes, without a newline.
    ///   - redaction: where the event stands that asks for it.
    ///   - leaf: the entry's leaf hash, in base64.
    /// - Returns: the tombstone, without a newline.
    /// - Throws: `malformed-event` for bytes that are no entry. `not-allowed` for an entry that cannot be erased, or that
    ///   has been. `too-large` when the pointers to what it wrote are too long.
    public mutating func tombstone(
        of entry: UnsafeBufferPointer<UInt8>,
        redaction: Position,
        leaf: String
    ) throws(EventProblem) -> [UInt8] {
        let attributes = try read(entry, as: .entry)
        guard attributes.tombstone == nil else { throw EventProblem(.notAllowed, "the entry has been erased before") }
        guard Tombstone.mayReplace(type: entry[attributes.type]) else {
            throw EventProblem(
                .notAllowed,
                "an entry of this type proves something, or says who may do what, and cannot be erased"
            )
        }
        var paths: [[UInt8]] = []
        for leaf in leaves {
            withPath(of: leaf, in: entry) { paths.append([UInt8(ascii: "/")] + Array($0)) }
        }
        paths.sort { $0.lexicographicallyPrecedes($1) }
        var output = Self.lastingAttributes(of: entry)
        output += #","erased":["#.utf8
        for (index, path) in paths.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            path.withUnsafeBufferPointer { JSONString.append($0, to: &output) }
        }
        output += #"],"redaction":\#(redaction),"leaf":"\#(leaf)""#.utf8
        output += entry.suffix(EventLimits.recordedTimeBytes + 1)
        guard output.count <= EventLimits.tombstoneBytes else {
            throw EventProblem(.tooLarge, "the pointers to what the entry wrote are too long for a tombstone")
        }
        return output
    }

    /// The attributes that stay, in the order of the line, with the brace in front of them.
    ///
    /// The line has been read, so that nothing has to be checked.
    private static func lastingAttributes(of entry: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let kept = ["specversion", "id", "source", "type", "subject", "time", "basis"]
        let end = entry.count - EventLimits.recordedTimeBytes - 1
        var output = [UInt8(ascii: "{")]
        var start = 1
        while start < end {
            let name = start + 1..<(entry[(start + 1)...].firstIndex(of: UInt8(ascii: "\"")) ?? end)
            let stop = endOfValue(in: entry, from: name.upperBound + 2, before: end)
            if kept.contains(where: { entry[name].elementsEqual($0.utf8) }) {
                if output.count > 1 { output.append(UInt8(ascii: ",")) }
                output += entry[start..<stop]
            }
            start = stop + 1
        }
        return output
    }

    /// Where the value that begins at an index ends: at the next comma outside of strings, objects and arrays.
    private static func endOfValue(in line: UnsafeBufferPointer<UInt8>, from start: Int, before end: Int) -> Int {
        var (at, depth, isInString) = (start, 0, false)
        while at < end {
            switch line[at] {
            case UInt8(ascii: "\\") where isInString: at += 1
            case UInt8(ascii: "\""): isInString.toggle()
            case _ where isInString: break
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 0: return at
            default: break
            }
            at += 1
        }
        return end
    }
}

// MARK: - Reading

extension EventReader {
    /// Reads what stands in a tombstone behind the attributes of its event, from the value of `erased` to the end:
    /// `"erased":["/text"],"redaction":812,"leaf":"…"`, in this form only.
    @inline(never)
    mutating func readTombstone(
        _ cursor: inout LineCursor,
        into found: inout FoundAttributes
    ) throws(EventProblem) {
        guard names.isEmpty, found.names.isDisjoint(with: [.data, .salt]) else {
            throw EventProblem(.malformedEvent, "an erased entry has no data, no salt and no additional attributes")
        }
        try readErasedPaths(&cursor)
        try cursor.takeWord(#","redaction":"#)
        guard let redaction = Self.integer(at: &cursor) else { throw cursor.problem("redaction must be a position") }
        try cursor.takeWord(#","leaf":""#)
        let leaf = cursor.at..<cursor.at + Self.leafLength
        guard leaf.upperBound < cursor.end, Self.isHash(cursor.base + leaf.lowerBound) else {
            throw cursor.problem("leaf must be 32 bytes in base64")
        }
        cursor.at = leaf.upperBound
        try cursor.take(UInt8(ascii: "\""))
        guard cursor.at == cursor.end else { throw cursor.problem("leaf must be followed by recordedtime") }
        found.tombstone = Tombstone(redaction: Position(redaction), leaf: leaf)
    }

    /// 32 bytes in base64.
    private static let leafLength = 44

    /// Whether these characters are 32 bytes in canonical base64: 43 digits, the last one with two bits that are zero,
    /// and padding.
    private static func isHash(_ text: UnsafePointer<UInt8>) -> Bool {
        func isDigit(_ byte: UInt8) -> Bool {
            isNameByte(byte) || byte &- 0x41 < 26 || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
        }
        return (0..<leafLength - 1).allSatisfy { isDigit(text[$0]) }
            && "AEIMQUYcgkosw048".utf8.contains(text[leafLength - 2]) && text[leafLength - 1] == UInt8(ascii: "=")
    }

    /// Reads the pointers into `leaves`: in the order of their bytes, none of them twice.
    private mutating func readErasedPaths(_ cursor: inout LineCursor) throws(EventProblem) {
        try cursor.take(UInt8(ascii: "["))
        if cursor.byte == UInt8(ascii: "]") {
            cursor.at += 1
            return
        }
        var last: [UInt8] = []
        while true {
            let path = try readErasedPath(&cursor)
            guard last.lexicographicallyPrecedes(path) else { throw cursor.problem("erased pointers are in order") }
            last = path
            guard cursor.byte == UInt8(ascii: ",") else { break }
            cursor.at += 1
        }
        try cursor.take(UInt8(ascii: "]"))
    }

    private mutating func readErasedPath(_ cursor: inout LineCursor) throws(EventProblem) -> [UInt8] {
        try cursor.take(UInt8(ascii: "\""))
        let start = cursor.at
        let shape = try cursor.takeString()
        guard !shape.contains(.rewritten) else { throw cursor.problem("a needless escape in an erased pointer") }
        var path: [UInt8] = []
        JSONString.append(resolving: start..<cursor.at - 1, of: cursor, to: &path)
        guard path.first == UInt8(ascii: "/"), path.count <= EventLimits.pointerBytes, JSONPointer.isEscaped(path)
        else {
            throw cursor.problem("an erased value needs a pointer of at most \(EventLimits.pointerBytes) bytes")
        }
        let first = scratch.count
        scratch += path.dropFirst()
        let hash = path.withUnsafeBufferPointer {
            ByteHash.hash($0.baseAddress! + 1, count: path.count - 1, seed: seed)
        }
        leaves.append(
            EventLeaf(
                pathStart: Int32(truncatingIfNeeded: first),
                pathEnd: Int32(truncatingIfNeeded: scratch.count),
                valueStart: 0,
                valueEnd: 0,
                pathHash: hash,
                kind: .erased,
                pathIsInScratch: true,
                valueIsInScratch: false
            )
        )
        return path
    }
}
