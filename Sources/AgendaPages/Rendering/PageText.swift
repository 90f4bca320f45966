internal import Mustache
internal import Wording

/// How values of templates become HTML.
///
/// Scalar by scalar: a quote or a `<` that carries a combining mark is markup to a browser all the same.
struct PageText: MustacheContentType {
    /// Whether hidden characters are shown; not where a value comes back with a form, or is compared with its entry.
    let showsHidden: Bool

    func escapeText(_ text: String) -> String {
        Self.escaped(showsHidden ? VisibleText.of(text) : text)
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { entity($0) != nil }) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 64)
        for byte in text.utf8 {
            if let entity = entity(byte) { bytes += Array(entity.utf8) } else { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What stands in HTML for a character that would be markup.
    private static func entity(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
