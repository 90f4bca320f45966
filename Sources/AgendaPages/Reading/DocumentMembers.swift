internal import AgendaModel
internal import Projections

/// The members of a document in JCS form, without values made of them: for who reads a part of very many documents.
struct DocumentMembers {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0

    /// Calls the body with each member at the top; stops at what is no JCS.
    ///
    /// - Parameters:
    ///   - document: an object.
    ///   - body: gets the name and the value as they are written, the name without its quotation marks.
    /// - Throws: what the body throws.
    static func forEach(
        in document: [UInt8],
        _ body: (_ name: Slice<UnsafeBufferPointer<UInt8>>, _ value: Slice<UnsafeBufferPointer<UInt8>>) throws -> Void
    ) rethrows {
        try document.withUnsafeBufferPointer { bytes in
            var reader = DocumentMembers(bytes: bytes)
            guard reader.take(UInt8(ascii: "{")) else { return }
            while let name = reader.string(), reader.take(UInt8(ascii: ":")) {
                let start = reader.at
                reader.skipValue()
                guard reader.at > start else { return }
                try body(name, bytes[start..<reader.at])
                guard reader.take(UInt8(ascii: ",")) else { return }
            }
        }
    }

    /// The text that a value is; nil for what is none.
    ///
    /// - Throws: `ProjectionError` for a value that cannot be read.
    static func text(_ value: Slice<UnsafeBufferPointer<UInt8>>) throws -> String? {
        guard value.first == UInt8(ascii: "\"") else { return nil }
        // Little of what is compared is ever escaped, but anybody may have written anything.
        guard value.contains(UInt8(ascii: "\\")) else {
            return String(decoding: value.dropFirst().dropLast(), as: UTF8.self)
        }
        return try JSONValue(folded: Array(value)).text
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    /// What is between the quotation marks.
    private mutating func string() -> Slice<UnsafeBufferPointer<UInt8>>? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            at = min(at + (bytes[at] == UInt8(ascii: "\\") ? 2 : 1), bytes.count)
        }
        guard at < bytes.count else { return nil }
        at += 1
        return bytes[start..<(at - 1)]
    }

    private mutating func skipValue() {
        var depth = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""): guard string() != nil else { return }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { return }
                depth -= 1
                at += 1
            case UInt8(ascii: ",") where depth == 0: return
            default: at += 1
            }
        }
    }
}
