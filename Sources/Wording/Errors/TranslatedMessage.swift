/// A message with holes, in English and in another language.
struct TranslatedMessage: Sendable {
    /// What stands before, between and after the holes in English.
    private let pieces: [String]
    /// What stands there in the other language, and which hole follows.
    private let translation: [(text: String, hole: Int?)]
    /// How many letters are the message's own.
    let letterCount: Int

    /// nil without holes.
    init?(_ english: String, _ translation: String) {
        let parts = Self.parts(english)
        guard parts.count > 1 || parts[0].hole != nil else { return nil }
        pieces = parts.map(\.text) + (parts.last?.hole == nil ? [] : [""])
        self.translation = Self.parts(translation)
        letterCount = pieces.reduce(0) { $0 + $1.count { $0.isLetter } }
    }

    /// What fills the holes in a text; nil if the text is not this message.
    func values(in text: Substring) -> [Substring]? {
        // A word or two of the message's own, after somebody else's, may stand in any sentence.
        guard !pieces[0].isEmpty || letterCount >= Self.minimumLetterCount else { return nil }
        guard text.hasPrefix(pieces[0]), let last = pieces.last, text.hasSuffix(last),
            text.utf8.count >= pieces[0].utf8.count + last.utf8.count
        else { return nil }
        var rest = text.dropFirst(pieces[0].count).dropLast(last.count)
        var values: [Substring] = []
        for piece in pieces.dropFirst().dropLast() {
            // Of two holes side by side the second has all.
            let start = rest.startIndex..<rest.startIndex
            guard let place = piece.isEmpty ? start : rest.firstRange(of: piece) else { return nil }
            values.append(rest[..<place.lowerBound])
            rest = rest[place.upperBound...]
        }
        return values + [rest]
    }

    /// The message in the other language.
    func filled(with values: [String]) -> String {
        translation.reduce(into: "") { text, part in
            text += part.text + (part.hole.map { values[$0] } ?? "")
        }
    }

    private static let minimumLetterCount = 6

    /// The texts of a message with the hole that follows each, from 0: `{1}` is 0.
    private static func parts(_ message: String) -> [(text: String, hole: Int?)] {
        var parts: [(text: String, hole: Int?)] = []
        var rest = message[...]
        var text = ""
        while let open = rest.firstIndex(of: "{") {
            text += rest[..<open]
            rest = rest[open...]
            let digits = rest.dropFirst().prefix { $0.isNumber }
            if let number = Int(digits), rest[digits.endIndex...].hasPrefix("}") {
                parts.append((text, number - 1))
                text = ""
                rest = rest[digits.endIndex...].dropFirst()
            } else {
                text += "{"
                rest = rest.dropFirst()
            }
        }
        text += rest
        if !text.isEmpty || parts.isEmpty { parts.append((text, nil)) }
        return parts
    }
}
