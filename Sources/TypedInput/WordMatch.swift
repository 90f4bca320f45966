internal import AgendaModel
internal import Wording

/// Finds what somebody means by a word, among things that have names in the catalogue and words in both languages.
struct WordMatch<Value: Sendable>: Sendable {
    private let items: [(value: Value, words: [String])]

    /// - Parameter items: each with its name in the catalogue first, and the words of people after it.
    init(_ items: [(value: Value, words: [String])]) {
        self.items = items.map { ($0.value, $0.words.map(Self.folded)) }
    }

    /// What goes by the word; its name in the catalogue counts before the words of people.
    ///
    /// - Returns: nil when nothing does, or several do.
    func value(for word: String) -> Value? {
        let word = Self.folded(word)
        if let item = items.first(where: { $0.words.first == word }) { return item.value }
        let found = items.filter { $0.words.contains(word) }
        return found.count == 1 ? found[0].value : nil
    }

    /// The word that comes nearest to one that nothing goes by; nil when none is near.
    func suggestion(for word: String) -> String? {
        let word = Self.folded(word)
        let limit = word.count <= 4 ? 1 : 2
        let near = items.flatMap(\.words).map { ($0, Self.distance(word, $0)) }.min { $0.1 < $1.1 }
        return near.flatMap { $0.1 <= limit ? $0.0 : nil }
    }

    /// Upper and lower case are one, and so are spaces and hyphens.
    private static func folded(_ word: String) -> String { word.lowercased().replacing(" ", with: "-") }

    /// How many characters have to be put in, left out, exchanged or changed (optimal string alignment).
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        guard !left.isEmpty, !right.isEmpty, abs(left.count - right.count) <= 2 else {
            return max(left.count, right.count)
        }
        var before: [Int] = []
        var last = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            for (j, b) in right.enumerated() {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            (before, last) = (last, row)
        }
        return last[right.count]
    }
}

extension WordMatch {
    /// `. Did you mean "waarde"?` in both languages; empty when no word is near.
    func question(about word: String) -> (english: String, dutch: String) {
        guard let near = suggestion(for: word) else { return ("", "") }
        return (" Did you mean \"\(near)\"?", " Bedoelde je \"\(near)\"?")
    }
}
