/// Reads a JSON text (RFC 8259, I-JSON) into values, under limits on its length and depth.
///
/// It is for what people, files and servers give. Events of the log have `EventReader`, which makes no values.
struct JSONReader {
    /// 64 MiB: as long as the longest file of an import.
    static let maximumLength = 64 << 20
    /// The data of an event may have 32 levels, and the event itself is one.
    static let maximumDepth = 33

    private var cursor: LineCursor

    private init(_ cursor: LineCursor) { self.cursor = cursor }

    /// - Throws: `malformed-event`, saying at which byte.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(EventProblem) -> JSONValue {
        guard bytes.count <= maximumLength else {
            throw EventProblem(.malformedEvent, "not JSON that is read here: longer than \(maximumLength) bytes")
        }
        guard let base = bytes.baseAddress else {
            throw EventProblem(.malformedEvent, "not JSON at byte 0: the text ends where a value should be")
        }
        var reader = JSONReader(LineCursor(base: base, at: 0, end: bytes.count))
        do throws(EventProblem) {
            let value = try reader.value(depth: 0)
            reader.skipWhiteSpace()
            guard reader.isAtEnd else { throw reader.cursor.problem("more text after the value's end") }
            return value
        } catch {
            throw EventProblem(error.code, "not JSON \(error.detail)")
        }
    }

    private mutating func value(depth: Int) throws(EventProblem) -> JSONValue {
        skipWhiteSpace()
        guard !isAtEnd else { throw cursor.problem("the text ends where a value should be") }
        switch cursor.byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < Self.maximumDepth else { throw cursor.problem("nested deeper than \(Self.maximumDepth)") }
            return cursor.byte == UInt8(ascii: "{") ? try object(depth: depth) : try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws(EventProblem) -> JSONValue {
        cursor.at += 1
        var members: [JSONValue.Member] = []
        skipWhiteSpace()
        if take("}") { return .object([]) }
        while true {
            skipWhiteSpace()
            guard cursor.byte == UInt8(ascii: "\"") else {
                throw cursor.problem("expected a member's name in quotes")
            }
            let name = try string()
            skipWhiteSpace()
            guard take(":") else { throw cursor.problem("expected ':' after a member's name") }
            members.append(JSONValue.Member(name, try value(depth: depth + 1)))
            skipWhiteSpace()
            if take("}") { break }
            guard take(",") else { throw cursor.problem("expected ',' or '}' after a member") }
        }
        guard Self.areDistinct(members) else { throw cursor.problem("a member's name is given twice") }
        return .object(members)
    }

    /// Whether no name is there twice.
    ///
    /// Names are compared as bytes: equal strings may be different names, in one normal form of Unicode and in another.
    private static func areDistinct(_ members: [JSONValue.Member]) -> Bool {
        guard members.count > 16 else {
            return members.indices.allSatisfy { index in
                members[..<index].allSatisfy { !$0.name.utf8.elementsEqual(members[index].name.utf8) }
            }
        }
        var names: Set<[UInt8]> = []
        return members.allSatisfy { names.insert(Array($0.name.utf8)).inserted }
    }

    private mutating func array(depth: Int) throws(EventProblem) -> JSONValue {
        cursor.at += 1
        var items: [JSONValue] = []
        skipWhiteSpace()
        if take("]") { return .array([]) }
        while true {
            items.append(try value(depth: depth + 1))
            skipWhiteSpace()
            if take("]") { return .array(items) }
            guard take(",") else { throw cursor.problem("expected ',' or ']' after an item") }
        }
    }

    private mutating func string() throws(EventProblem) -> String {
        cursor.at += 1
        let start = cursor.at
        let shape = try cursor.takeString()
        let inside = start..<cursor.at - 1
        guard shape.contains(.escaped) else { return text(inside) }
        var resolved: [UInt8] = []
        JSONString.append(resolving: inside, of: cursor, to: &resolved)
        return String(decoding: resolved, as: UTF8.self)
    }

    /// A number as it is written; unlike in events, of any size.
    private mutating func number() throws(EventProblem) -> String {
        let start = cursor.at
        _ = take("-")
        if !take("0") {
            guard takeDigits() else { throw cursor.problem("expected a value") }
        }
        if take(".") {
            guard takeDigits() else { throw cursor.problem("a number without digits after its point") }
        }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard takeDigits() else { throw cursor.problem("a number without digits in its exponent") }
        }
        return text(start..<cursor.at)
    }

    private mutating func takeDigits() -> Bool {
        let start = cursor.at
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(cursor.byte) { cursor.at += 1 }
        return cursor.at > start
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(EventProblem) -> JSONValue {
        let end = cursor.at + word.utf8CodeUnitCount
        guard end <= cursor.end, cursor.matches(word, from: cursor.at, to: end) else {
            throw cursor.problem("expected a value")
        }
        cursor.at = end
        return value
    }

    private var isAtEnd: Bool { cursor.at >= cursor.end }

    private func text(_ range: Range<Int>) -> String {
        String(
            decoding: UnsafeBufferPointer(start: cursor.base + range.lowerBound, count: range.count),
            as: UTF8.self
        )
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard cursor.byte == UInt8(ascii: character) else { return false }
        cursor.at += 1
        return true
    }

    private mutating func skipWhiteSpace() {
        while true {
            switch cursor.byte {
            case 0x20, 0x09, 0x0A, 0x0D: cursor.at += 1
            default: return
            }
        }
    }
}
