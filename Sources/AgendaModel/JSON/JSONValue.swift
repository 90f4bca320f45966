/// A JSON value as it is written: members keep their order, numbers their digits.
public indirect enum JSONValue: Hashable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number, in JSON's grammar.
    case number(String)
    /// A string, without quotes and escapes.
    case string(String)
    /// An array, in its order.
    case array([JSONValue])
    /// An object; names are unique.
    case object([Member])

    /// A member of an object.
    public struct Member: Hashable, Sendable {
        /// The name, without quotes and escapes; no other member of the object has it.
        public var name: String
        /// The value, which may be null.
        public var value: JSONValue

        /// A member of an object that is being put together.
        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// Reads one JSON text (RFC 8259, I-JSON): UTF-8, unique names, at most 33 levels and 64 MiB.
    ///
    /// - Throws: `malformed-event`, saying at which byte.
    public init(parsing text: String) throws(EventProblem) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Reads one JSON text from its UTF-8.
    ///
    /// - Throws: `malformed-event`, saying at which byte.
    public init(parsing utf8: [UInt8]) throws(EventProblem) {
        self = try utf8.withUnsafeBufferPointer { bytes throws(EventProblem) in try JSONReader.read(bytes) }
    }

    /// Reads one JSON text from its UTF-8.
    ///
    /// - Throws: `malformed-event`, saying at which byte.
    package init(parsing utf8: UnsafeBufferPointer<UInt8>) throws(EventProblem) {
        self = try JSONReader.read(utf8)
    }

    /// The value of an object's member; nil without that member, and for what is no object.
    public subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The text of a string; nil for other values.
    public var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A whole number.
    package init(_ value: Int) { self = .number(String(value)) }

    /// A finite number, as RFC 8785 writes it.
    package init(_ value: Double) {
        var digits: [UInt8] = []
        CanonicalJSON.append(value, to: &digits)
        self = .number(String(decoding: digits, as: UTF8.self))
    }

    /// A whole number that `Int` holds; nil for other values.
    package var integer: Int? {
        guard case .number(let digits) = self else { return nil }
        return Int(digits) ?? Double(digits).flatMap { Int(exactly: $0) }
    }

    /// A number; infinite when it is too great, nil for other values.
    package var double: Double? {
        guard case .number(let digits) = self else { return nil }
        return Double(digits)
    }

    /// `true` or `false`; nil for other values.
    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The members of an object, in order; nil for other values.
    package var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// On one line, without white space.
    public var compact: String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// The UTF-8 of the compact form.
    package var bytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    /// Appends the compact form.
    package func write(to output: inout [UInt8]) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .number(let digits): output += digits.utf8
        case .string(let text): JSONString.append(text, to: &output)
        case .array(let items):
            output.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                item.write(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                JSONString.append(member.name, to: &output)
                output.append(UInt8(ascii: ":"))
                member.value.write(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }
}
