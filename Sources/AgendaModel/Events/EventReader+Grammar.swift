// The grammars of the attributes. Each function takes an attribute's value at the cursor, quotes included.

extension EventReader {
    /// Canonical decimal, 1 to 2^53-1, in quotes.
    @inline(__always)
    static func counter(at cursor: inout LineCursor) throws(EventProblem) -> Int {
        let start = cursor.at
        guard cursor.byte == UInt8(ascii: "\"") else { throw refusal(of: "id", at: start, cursor, idRule) }
        cursor.at &+= 1
        guard let value = integer(at: &cursor), value >= 1, cursor.byte == UInt8(ascii: "\"") else {
            throw refusal(of: "id", at: start, cursor, idRule)
        }
        cursor.at &+= 1
        return value
    }

    /// Canonical decimal, 0 to 2^53-1.
    @inline(__always)
    static func basis(at cursor: inout LineCursor) throws(EventProblem) -> Int {
        let start = cursor.at
        guard let value = integer(at: &cursor),
            cursor.byte == UInt8(ascii: ",") || cursor.byte == UInt8(ascii: "}")
                || cursor.at == cursor.end
        else { throw refusal(of: "basis", at: start, cursor, "a whole number from 0 to 9007199254740991") }
        return value
    }

    private static let idRule = "a whole number from 1 to 9007199254740991 in quotes, without leading zeros"

    @inline(__always)
    static func integer(at cursor: inout LineCursor) -> Int? {
        let start = cursor.at
        var value = 0
        while cursor.byte &- 0x30 < 10, cursor.at &- start < 16 {
            value = value &* 10 &+ Int(cursor.byte &- 0x30)
            cursor.at &+= 1
        }
        let count = cursor.at &- start
        guard count > 0, value <= EventLimits.maximumNumber,
            count == 1 || cursor.base[start] != UInt8(ascii: "0")
        else { return nil }
        return value
    }

    /// The range of a string without escapes, up to its closing quote, which is taken.
    @inline(__always)
    private static func plainString(at cursor: inout LineCursor) -> Range<Int>? {
        guard cursor.byte == UInt8(ascii: "\"") else { return nil }
        let start = cursor.at &+ 1
        var at = start
        while at < cursor.end, cursor.base[at] != UInt8(ascii: "\"") { at &+= 1 }
        guard at < cursor.end else { return nil }
        cursor.at = at &+ 1
        return Range(uncheckedBounds: (start, at))
    }

    @inline(__always)
    static func source(at cursor: inout LineCursor) throws(EventProblem) -> Range<Int> {
        let start = cursor.at
        guard let range = plainString(at: &cursor),
            SubjectGrammar.isDevice(cursor.base + range.lowerBound, count: range.count)
                || cursor.matches("server", from: range.lowerBound, to: range.upperBound)
        else { throw refusal(of: "source", at: start, cursor, "device/ with 6 to 12 of a-z and 0-9, or server") }
        return range
    }

    @inline(__always)
    static func type(at cursor: inout LineCursor) throws(EventProblem) -> Range<Int> {
        let start = cursor.at
        guard let range = plainString(at: &cursor), isType(cursor.base + range.lowerBound, count: range.count) else {
            throw refusal(of: "type", at: start, cursor, "<kind>.<verb>, for example project.advanced")
        }
        return range
    }

    /// `<kind>.<verb>`, and `.v2` and up for a payload that changed.
    @inline(__always)
    private static func isType(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        guard count <= EventLimits.typeBytes else { return false }
        let kind = SubjectGrammar.lengthOfWord(text, count: count)
        guard kind > 0, kind < count, text[kind] == UInt8(ascii: ".") else { return false }
        let verb = SubjectGrammar.lengthOfWord(text + kind + 1, count: count &- kind &- 1)
        guard verb > 0 else { return false }
        let rest = kind &+ 1 &+ verb
        return rest == count || isVersion(text + rest, count: count &- rest)
    }

    @inline(never)
    private static func isVersion(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        guard count >= 3, count <= 6, text[0] == UInt8(ascii: "."), text[1] == UInt8(ascii: "v"),
            text[2] >= UInt8(ascii: count == 3 ? "2" : "1")
        else { return false }
        return (2..<count).allSatisfy { text[$0] &- 0x30 < 10 }
    }

    @inline(__always)
    static func subject(at cursor: inout LineCursor) throws(EventProblem) -> Range<Int> {
        let start = cursor.at
        guard let range = plainString(at: &cursor),
            SubjectGrammar.isSubject(cursor.base + range.lowerBound, count: range.count)
        else { throw refusal(of: "subject", at: start, cursor, SubjectGrammar.rule) }
        return range
    }

    @inline(__always)
    static func time(at cursor: inout LineCursor) throws(EventProblem) -> Timestamp {
        let start = cursor.at
        guard cursor.end &- start >= Timestamp.length &+ 2, cursor.base[start] == UInt8(ascii: "\""),
            let time = Timestamp(fixedForm: cursor.base + start + 1),
            cursor.base[start &+ 1 &+ Timestamp.length] == UInt8(ascii: "\"")
        else { throw refusal(of: "time", at: start, cursor, "UTC with three decimals, like 2026-11-12T10:11:12.123Z") }
        cursor.at = start &+ Timestamp.length &+ 2
        return time
    }

    @inline(__always)
    static func checkVersion(at cursor: inout LineCursor) throws(EventProblem) {
        let start = cursor.at
        guard start &+ 5 <= cursor.end, cursor.matches("\"1.0\"", from: start, to: start &+ 5) else {
            throw refusal(of: "specversion", at: start, cursor, "\"1.0\"")
        }
        cursor.at = start &+ 5
    }

    /// 128 bits in base64url without padding: 22 characters, of which the last has only its two high bits.
    static func checkSalt(at cursor: inout LineCursor) throws(EventProblem) {
        guard let range = plainString(at: &cursor), range.count == 22,
            range.allSatisfy({ isBase64URL(cursor.base[$0]) }),
            [UInt8(ascii: "A"), UInt8(ascii: "Q"), UInt8(ascii: "g"), UInt8(ascii: "w")]
                .contains(cursor.base[range.upperBound - 1])
        else { throw EventProblem(.malformedEvent, "salt must be 16 bytes in base64url: 22 characters") }
    }

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        isNameByte(byte) || byte &- 0x41 < 26 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    @inline(never)
    private static func refusal(
        of attribute: StaticString,
        at start: Int,
        _ cursor: LineCursor,
        _ rule: String
    ) -> EventProblem {
        var stop = start
        while stop < cursor.end, stop - start < 60, cursor.base[stop] != UInt8(ascii: ",") { stop += 1 }
        return EventProblem(.malformedEvent, "\(attribute): found \(cursor.text(start..<stop)), must be \(rule)")
    }
}

/// How subjects are written: `<kind>/<id>`.
enum SubjectGrammar {
    static let rule = "<kind>/<id>, the id made of a-z, 0-9, '-', '.' and '_', at most 100 bytes together"

    @inline(__always)
    static func isSubject(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        guard count <= EventLimits.subjectBytes else { return false }
        let kind = lengthOfWord(text, count: count)
        guard kind > 0, kind &+ 1 < count, text[kind] == UInt8(ascii: "/"), isNameByte(text[kind &+ 1]) else {
            return false
        }
        var at = kind &+ 2
        while at < count {
            let byte = text[at]
            guard isNameByte(byte) || byte &- 0x2D < 2 || byte == UInt8(ascii: "_") else { return false }
            at &+= 1
        }
        return true
    }

    /// `device/<id>`, the id being 6 to 12 of a-z and 0-9.
    @inline(__always)
    static func isDevice(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        guard count >= 13, count <= 19, text[0] == UInt8(ascii: "d"), text[1] == UInt8(ascii: "e"),
            text[2] == UInt8(ascii: "v"), text[3] == UInt8(ascii: "i"), text[4] == UInt8(ascii: "c"),
            text[5] == UInt8(ascii: "e"), text[6] == UInt8(ascii: "/")
        else { return false }
        var at = 7
        while at < count {
            guard isNameByte(text[at]) else { return false }
            at &+= 1
        }
        return true
    }

    /// The length of the word at the start: a letter, then letters, digits and single hyphens in between.
    @inline(__always)
    static func lengthOfWord(_ text: UnsafePointer<UInt8>, count: Int) -> Int {
        guard count > 0, text[0] &- 0x61 < 26 else { return 0 }
        var at = 1
        while at < count, isNameByte(text[at]) || text[at] == UInt8(ascii: "-") { at &+= 1 }
        return at
    }
}
