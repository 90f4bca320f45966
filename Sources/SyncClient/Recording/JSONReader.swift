/// Reads a JSON text into values.
///
/// For what people and files give; the log's lines have a reader of their own.
struct JSONReader {
    /// How deep objects and arrays may lie in each other: as deep as in an event, whose data may have 32 levels.
    static let greatestDepth = 33

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func document() throws(ReplicaError) -> JSONValue {
        let value = try value(depth: 0)
        skipWhiteSpace()
        guard index == bytes.count else { throw problem("more text after the value's end") }
        return value
    }

    private mutating func value(depth: Int) throws(ReplicaError) -> JSONValue {
        skipWhiteSpace()
        guard let byte = peek else { throw problem("the text ends where a value should be") }
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < Self.greatestDepth else { throw problem("nested deeper than \(Self.greatestDepth)") }
            return byte == UInt8(ascii: "{") ? try object(depth: depth) : try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws(ReplicaError) -> JSONValue {
        index += 1
        var members: [JSONValue.Member] = []
        // As bytes: equal strings may be different names, in one normal form of Unicode and in another.
        var names: Set<[UInt8]> = []
        skipWhiteSpace()
        if take("}") { return .object([]) }
        while true {
            skipWhiteSpace()
            guard peek == UInt8(ascii: "\"") else { throw problem("expected a member's name in quotes") }
            let name = try string()
            guard names.insert(Array(name.utf8)).inserted else { throw problem("a member's name is given twice") }
            skipWhiteSpace()
            guard take(":") else { throw problem("expected ':' after a member's name") }
            members.append(JSONValue.Member(name, try value(depth: depth + 1)))
            skipWhiteSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw problem("expected ',' or '}' after a member") }
        }
    }

    private mutating func array(depth: Int) throws(ReplicaError) -> JSONValue {
        index += 1
        var items: [JSONValue] = []
        skipWhiteSpace()
        if take("]") { return .array([]) }
        while true {
            items.append(try value(depth: depth + 1))
            skipWhiteSpace()
            if take("]") { return .array(items) }
            guard take(",") else { throw problem("expected ',' or ']' after an item") }
        }
    }

    private mutating func string() throws(ReplicaError) -> String {
        index += 1
        var text: [UInt8] = []
        while let byte = peek {
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw problem("text is not UTF-8") }
                return string
            case UInt8(ascii: "\\"): text += String(try escape()).utf8
            case 0..<0x20: throw problem("a control character that is not escaped")
            default: text.append(byte)
            }
        }
        throw problem("a string without its closing quote")
    }

    private mutating func escape() throws(ReplicaError) -> Unicode.Scalar {
        guard let byte = peek else { throw problem("the text ends in an escape") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try hexadecimal()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            guard unit < 0xDC00, take("\\"), take("u") else { throw problem("half of a surrogate pair") }
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw problem("half of a surrogate pair") }
            let code = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            guard let scalar = Unicode.Scalar(code) else { throw problem("half of a surrogate pair") }
            return scalar
        default: throw problem("an unknown escape")
        }
    }

    private mutating func hexadecimal() throws(ReplicaError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw problem("\\u needs four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            index += 1
        }
        return code
    }

    private mutating func number() throws(ReplicaError) -> String {
        let start = index
        _ = take("-")
        if !take("0") {
            guard digits() else { throw problem("expected a value") }
        }
        if take(".") {
            guard digits() else { throw problem("a number without digits after its point") }
        }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() else { throw problem("a number without digits in its exponent") }
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func digits() -> Bool {
        let start = index
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        return index > start
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(ReplicaError) -> JSONValue {
        let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[index...].starts(with: expected) else { throw problem("expected a value") }
        index += expected.count
        return value
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func skipWhiteSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D { index += 1 }
    }

    private func problem(_ what: String) -> ReplicaError {
        ReplicaError(.invalidEvent, "not JSON at byte \(index): \(what)", problem: "malformed-event")
    }
}
