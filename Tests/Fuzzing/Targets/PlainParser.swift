/// A slow and plain reader of JSON without white space, which knows no more than it must.
struct PlainParser {
    private var rest: ArraySlice<UInt8>
    /// A duplicate name, a number out of range, too long a pointer, or too much nesting.
    private(set) var brokeRule = false

    init(_ text: [UInt8]) { rest = text[...] }

    var isAtEnd: Bool { rest.isEmpty }

    private mutating func take(_ text: StaticString) -> Bool {
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard rest.starts(with: expected) else { return false }
        rest = rest.dropFirst(expected.count)
        return true
    }

    /// Takes an object and gives its members; nil for what is none.
    ///
    /// - Parameters:
    ///   - depth: of the objects and arrays around this one, `data` being at 1.
    ///   - pointer: the length of the pointer to this object; nil outside of `data` and inside arrays.
    /// - Returns: names without their quotes, values as they stand in the text.
    mutating func object(depth: Int, pointer: Int?) -> [(name: String, raw: String)]? {
        if depth > 32 { brokeRule = true }
        // A stack overflow would be a fault of this parser only.
        guard depth < 200, take("{") else { return nil }
        var members: [(name: String, raw: String)] = []
        var names: Set<[UInt8]> = []
        if take("}") { return members }
        repeat {
            guard let name = string(), take(":") else { return nil }
            let start = rest
            let inner = pointer.map { $0 + Self.pieceLength(name.decoded) }
            if inner ?? 0 > 1024 { brokeRule = true }
            let isData = depth == 0 && name.decoded.elementsEqual("data".utf8)
            guard value(depth: depth, pointer: isData ? 0 : inner) else { return nil }
            let raw = String(decoding: start.prefix(start.count - rest.count), as: UTF8.self)
            if !names.insert(name.decoded).inserted { brokeRule = true }
            members.append((String(decoding: name.raw, as: UTF8.self), raw))
        } while take(",")
        return take("}") ? members : nil
    }

    /// Whether the whole text is one value.
    mutating func isValue() -> Bool { value(depth: 0, pointer: nil) && isAtEnd }

    private static func pieceLength(_ name: [UInt8]) -> Int {
        name.reduce(1) { $0 + ($1 == UInt8(ascii: "~") || $1 == UInt8(ascii: "/") ? 2 : 1) }
    }

    private mutating func value(depth: Int, pointer: Int?) -> Bool {
        switch rest.first {
        case UInt8(ascii: "{"): return object(depth: depth + 1, pointer: pointer) != nil
        case UInt8(ascii: "["):
            if depth + 1 > 32 { brokeRule = true }
            guard depth < 200 else { return false }
            rest = rest.dropFirst()
            if take("]") { return true }
            repeat { guard value(depth: depth + 1, pointer: nil) else { return false } } while take(",")
            return take("]")
        case UInt8(ascii: "\""): return string() != nil
        default: return take("true") || take("false") || take("null") || number()
        }
    }

    private mutating func digits() -> Int {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        rest = rest.dropFirst(digits.count)
        return digits.count
    }

    private mutating func number() -> Bool {
        let start = rest
        _ = take("-")
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole == 1 || whole > 1 && !startsWithZero else { return false }
        if take(".") { guard digits() > 0 else { return false } }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() > 0 else { return false }
        }
        let text = String(decoding: start.prefix(start.count - rest.count), as: UTF8.self)
        if abs(Double(text) ?? .infinity) > 9_007_199_254_740_991 { brokeRule = true }
        return true
    }

    /// The bytes between the quotes, as they are and with their escapes resolved.
    private mutating func string() -> (raw: [UInt8], decoded: [UInt8])? {
        guard take("\"") else { return nil }
        let start = rest
        var decoded: [UInt8] = []
        while let byte = rest.popFirst(), byte >= 0x20 {
            switch byte {
            case UInt8(ascii: "\""):
                let raw = Array(start.prefix(start.count - rest.count - 1))
                return String(validating: raw, as: UTF8.self) == nil ? nil : (raw, decoded)
            case UInt8(ascii: "\\"):
                guard let character = escape() else { return nil }
                decoded += Array(String(character).utf8)
            default: decoded.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let byte = rest.popFirst() else { return nil }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard let first = unit() else { return nil }
            guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
            guard take("\\u"), let second = unit(), (0xDC00..<0xE000).contains(second) else { return nil }
            return Unicode.Scalar(0x10000 + (first - 0xD800) * 0x400 + second - 0xDC00)
        default: return nil
        }
    }

    private mutating func unit() -> UInt32? {
        let digits = rest.prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }) else {
            return nil
        }
        rest = rest.dropFirst(4)
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
