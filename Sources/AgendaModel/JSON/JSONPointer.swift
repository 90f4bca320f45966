/// Pointers to the members of a document (RFC 6901): `/targets/indicator~1k3j9x2-2/quantity`.
package enum JSONPointer {
    /// The names that a pointer is made of, unescaped; nil for text that is no pointer to a member.
    package static func names(_ pointer: String) -> [String]? {
        guard pointer.utf8.first == UInt8(ascii: "/"), isEscaped(pointer.utf8) else { return nil }
        return pointer.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            String(decoding: unescaped($0), as: UTF8.self)
        }
    }

    /// The pointer that leads through these names.
    package static func pointer(_ names: [String]) -> String {
        names.map { "/" + escaped($0) }.joined()
    }

    /// Scalar by scalar: whoever reads a pointer takes no notice of a mark that a slash carries.
    private static func escaped(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return name }
        return name.unicodeScalars.reduce(into: "") { $0 += $1 == "~" ? "~0" : $1 == "/" ? "~1" : String($1) }
    }

    /// Whether each `~` begins an escape (section 3).
    static func isEscaped(_ text: some Collection<UInt8>) -> Bool {
        var rest = text.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "~") else { continue }
            guard let next = rest.next(), next == UInt8(ascii: "0") || next == UInt8(ascii: "1") else { return false }
        }
        return true
    }

    /// One name of a pointer, with `~1` and `~0` resolved.
    package static func unescaped(_ piece: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(piece.count)
        var rest = piece.makeIterator()
        while let byte = rest.next() {
            if byte == UInt8(ascii: "~"), let escaped = rest.next() {
                result.append(escaped == UInt8(ascii: "1") ? UInt8(ascii: "/") : UInt8(ascii: "~"))
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
