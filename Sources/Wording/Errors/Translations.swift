internal import AgendaModel

/// Errors and notes in another language, by what they say in English.
///
/// Libraries, servers and what is stored of refused events say what happened in English. A message has holes for what it
/// is about: `the server cannot be reached: {1}`. What fills a hole may be a message as well: a cause, the next step.
package struct Translations: Sendable {
    /// What is said in Dutch: a catalogue in gettext's form, which `Tools/check_messages.py` holds against the sources.
    package static let dutch: Translations = {
        var translations = Translations(PackageResources.nl_po)
        // What an error says of a role is its name in the protocol.
        for role in Role.allCases {
            translations.whole[role.rawValue] = Vocabulary.value(role.rawValue, of: "role", .dutch)
        }
        return translations
    }()

    /// What commands and their options are for; likewise.
    package static let dutchHelp = Translations(PackageResources.help_nl_po)

    /// Messages without holes.
    private var whole: [String: String] = [:]
    private var holed: [TranslatedMessage] = []

    /// - Parameter catalogue: each `msgid` on one line, and after it its `msgstr`, likewise.
    package init(_ catalogue: [UInt8]) {
        var english: String?
        for line in String(decoding: catalogue, as: UTF8.self).split(separator: "\n") {
            guard let (keyword, text) = Self.keywordAndText(line) else { continue }
            guard keyword == "msgstr" else {
                english = text
                continue
            }
            guard let key = english, !text.isEmpty else { continue }
            if let message = TranslatedMessage(key, text) { holed.append(message) } else { whole[key] = text }
        }
    }

    /// A text in this language, as far as its messages are known; values stay as they are.
    package func words(of text: String) -> String {
        // A longer text is no error.
        guard text.utf8.count <= Self.maximumLength else { return text }
        var known: [Substring: Reading] = [:]
        return best(text[...], depth: 0, &known).text
    }

    /// A text, and how many letters of the English one messages account for.
    private typealias Reading = (text: String, letterCount: Int)

    /// The reading that accounts for most letters.
    private func best(_ text: Substring, depth: Int, _ known: inout [Substring: Reading]) -> Reading {
        if let found = whole[String(text)] { return (found, text.count { $0.isLetter }) }
        if let found = known[text] { return found }
        var result: Reading = (String(text), 0)
        // Deeper than any cause of a cause: the rest is a value.
        guard depth < Self.maximumDepth else { return result }
        for message in holed {
            guard let values = message.values(in: text) else { continue }
            let parts = values.map { best($0, depth: depth + 1, &known) }
            let count = parts.reduce(message.letterCount) { $0 + $1.letterCount }
            if count > result.letterCount { result = (message.filled(with: parts.map(\.text)), count) }
        }
        // A message may have its full stop, or get it from who puts another one behind it.
        for (end, separator) in [("", "\n"), ("", "; "), ("", ". "), (".", " "), ("", ": ")] {
            guard let (first, second) = text.split(after: end, atFirst: separator) else { continue }
            let (before, after) = (best(first, depth: depth + 1, &known), best(second, depth: depth + 1, &known))
            let count = before.letterCount + after.letterCount
            if count > result.letterCount { result = (before.text + separator + after.text, count) }
        }
        known[text] = result
        return result
    }

    private static let maximumDepth = 12
    /// In bytes.
    private static let maximumLength = 2048

    /// A line of a catalogue that says something: `msgid "…"`.
    private static func keywordAndText(_ line: Substring) -> (Substring, String)? {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0] == "msgid" || parts[0] == "msgstr",
            let text = (try? JSONValue(parsing: Array(parts[1].utf8)))?.text
        else { return nil }
        return (parts[0], text)
    }
}

extension Language {
    /// What was said in English, in this language.
    package func words(of english: String) -> String {
        switch self {
        case .english: english
        case .dutch: Translations.dutch.words(of: english)
        }
    }

    /// What a command or an option is for, in this language.
    package func help(_ english: String) -> String {
        switch self {
        case .english: english
        case .dutch: Translations.dutchHelp.words(of: english)
        }
    }
}

extension Substring {
    /// The texts before and after a separator, where what stands before it ends so; nil where there is none.
    fileprivate func split(after end: String, atFirst separator: String) -> (Substring, Substring)? {
        guard let place = firstRange(of: end + separator) else { return nil }
        return (self[..<index(place.lowerBound, offsetBy: end.count)], self[place.upperBound...])
    }
}
