internal import Wording

/// The text of a file that a person wrote, with whatever program.
package enum TextFile {
    /// The bytes of the text, in UTF-8 and without a byte-order mark.
    ///
    /// - Parameters:
    ///   - bytes: as the file has them.
    ///   - name: of the file, for messages.
    /// - Returns: the bytes; a byte-order mark of UTF-8, which some programs write, is taken away.
    /// - Throws: `InputError` with `notUTF8` for text in another encoding, with where it begins to be.
    package static func utf8(_ bytes: [UInt8], named name: String) throws -> [UInt8] {
        for (mark, encoding) in marks where bytes.starts(with: mark) {
            throw InputError(.notUTF8, .otherEncoding, with: ["file": name, "encoding": encoding])
        }
        let text = bytes.starts(with: utf8Mark) ? Array(bytes.dropFirst(utf8Mark.count)) : bytes
        if let place = firstInvalid(text) {
            let line = 1 + text[..<place].count { $0 == UInt8(ascii: "\n") }
            throw InputError(.notUTF8, .notUTF8, with: ["file": name, "line": "\(line)"])
        }
        return text
    }

    private static let utf8Mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    // The longer one first: it begins with the shorter one.
    private static let marks: [([UInt8], String)] = [
        ([0xFF, 0xFE, 0x00, 0x00], "UTF-32"), ([0x00, 0x00, 0xFE, 0xFF], "UTF-32"), ([0xFF, 0xFE], "UTF-16"),
        ([0xFE, 0xFF], "UTF-16"),
    ]

    /// The place of the first byte that is no part of UTF-8; nil when there is none.
    private static func firstInvalid(_ bytes: [UInt8]) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var place = 0
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): place += UTF8.width(scalar)
            case .emptyInput, .error: return min(place, bytes.count - 1)
            }
        }
    }
}
