/// Reads XML of which the bytes are in memory, piece by piece: no entities but the five that XML has, nothing from outside.
///
/// Names are given without their prefixes. Source: XML 1.0, fifth edition.
struct XMLScanner {
    enum Piece: Equatable {
        /// Attributes by their names, prefixes included.
        case start(String, [String: String])
        case end(String)
        case text(String)
    }

    private let bytes: [UInt8]
    private var place = 0
    private var open: [String] = []
    /// Whether the element that has just begun has nothing in it.
    private var isEmpty = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    /// The next piece; nil at the end.
    ///
    /// - Throws: `TableFileError` with `unreadable` for what is not well-formed, or declares a document type.
    mutating func next() throws(TableFileError) -> Piece? {
        if isEmpty {
            isEmpty = false
            return .end(open.removeLast())
        }
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "<") else { return .text(try text()) }
            if starts("<!--") {
                try skip(past: "-->")
            } else if starts("<?") {
                try skip(past: "?>")
            } else if starts("<![CDATA[") {
                let start = place + 9
                try skip(past: "]]>")
                return .text(try Self.utf8(bytes[start..<place - 3]))
            } else if starts("<!") {
                throw Self.malformed("it declares a document type")
            } else {
                return try tag()
            }
        }
        guard open.isEmpty else { throw Self.malformed("it ends within \(open.last ?? "")") }
        return nil
    }

    /// The text of the element that has just begun, of all elements in it that are not left out.
    mutating func text(leavingOut left: Set<String> = []) throws(TableFileError) -> String {
        let depth = open.count
        var result = ""
        var skipped: Int?
        while let piece = try next() {
            switch piece {
            case .text(let text): if skipped == nil { result += text }
            case .start(let name, _): if skipped == nil, left.contains(name) { skipped = open.count }
            case .end:
                if let depth = skipped, open.count < depth { skipped = nil }
                if open.count < depth { return result }
            }
        }
        return result
    }

    // MARK: - Tags

    private mutating func tag() throws(TableFileError) -> Piece {
        place += 1
        let isEnd = place < bytes.count && bytes[place] == UInt8(ascii: "/")
        if isEnd { place += 1 }
        let name = Self.local(try self.name())
        guard isEnd else {
            let attributes = try self.attributes()
            guard open.count < Self.maximumDepth else { throw Self.malformed("it is nested too deep") }
            if place < bytes.count, bytes[place] == UInt8(ascii: "/") {
                place += 1
                isEmpty = true
            }
            open.append(name)
            try close()
            return .start(name, attributes)
        }
        skipSpace()
        try close()
        guard open.popLast() == name else { throw Self.malformed("an element ends that did not begin") }
        return .end(name)
    }

    private mutating func attributes() throws(TableFileError) -> [String: String] {
        var attributes: [String: String] = [:]
        while true {
            skipSpace()
            guard place < bytes.count else { throw Self.malformed("it ends within a tag") }
            if bytes[place] == UInt8(ascii: ">") || bytes[place] == UInt8(ascii: "/") { return attributes }
            let name = try self.name()
            skipSpace()
            guard place < bytes.count, bytes[place] == UInt8(ascii: "=") else {
                throw Self.malformed("an attribute has no value")
            }
            place += 1
            skipSpace()
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'") else {
                throw Self.malformed("an attribute has no quotes")
            }
            let quote = bytes[place]
            let start = place + 1
            guard let end = bytes[start...].firstIndex(of: quote) else { throw Self.malformed("it ends within a tag") }
            attributes[name] = try Self.decoded(bytes[start..<end])
            place = end + 1
        }
    }

    private mutating func name() throws(TableFileError) -> String {
        let start = place
        while place < bytes.count, !Self.endsName(bytes[place]) { place += 1 }
        guard place > start else { throw Self.malformed("a name is missing") }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private mutating func close() throws(TableFileError) {
        guard place < bytes.count, bytes[place] == UInt8(ascii: ">") else { throw Self.malformed("a tag does not end") }
        place += 1
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        isSpace(byte)
            || [UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: "\"")]
                .contains(byte)
    }

    private static func local(_ name: String) -> String {
        name.firstIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }

    // MARK: - Text

    private mutating func text() throws(TableFileError) -> String {
        let end = bytes[place...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.endIndex
        defer { place = end }
        return try Self.decoded(bytes[place..<end])
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) throws(TableFileError) -> String {
        let text = try utf8(bytes)
        guard bytes.contains(UInt8(ascii: "&")) else { return text }
        var result = ""
        var rest = text[...]
        while let at = rest.firstIndex(of: "&") {
            result += rest[..<at]
            guard let end = rest[at...].firstIndex(of: ";") else { throw malformed("a reference does not end") }
            result.unicodeScalars.append(try scalar(rest[rest.index(after: at)..<end]))
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func utf8(_ bytes: ArraySlice<UInt8>) throws(TableFileError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw malformed("it is not in UTF-8") }
        return text
    }

    private static func scalar(_ name: Substring) throws(TableFileError) -> Unicode.Scalar {
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let value =
                name.hasPrefix("#x")
                ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
            guard let scalar = value.flatMap(Unicode.Scalar.init) else { throw malformed("it has an unknown entity") }
            return scalar
        }
    }

    // MARK: - Bytes

    private func starts(_ text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

    private mutating func skip(past end: String) throws(TableFileError) {
        while place < bytes.count, !starts(end) { place += 1 }
        guard place < bytes.count else { throw Self.malformed("it does not end") }
        place += end.utf8.count
    }

    private mutating func skipSpace() {
        while place < bytes.count, Self.isSpace(bytes[place]) { place += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func malformed(_ why: String) -> TableFileError {
        TableFileError(.unreadable, "the workbook cannot be read: \(why). Save it anew, and try again.")
    }

    private static let maximumDepth = 64
}
