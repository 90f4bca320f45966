/// What somebody meant who mistyped a name.
package enum Spelling {
    /// The name that takes the fewest changed, missing or added letters to become `word`; the first of equals.
    ///
    /// nil when even that one differs in more than a third of its letters, and in more than one.
    package static func nearest(to word: String, among names: [String]) -> String? {
        let candidates = names.map { (name: $0, distance: distance(Array(word), Array($0))) }
        guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, best.name.count / 3) ? best.name : nil
    }

    /// How many letters to change, add or take out (Levenshtein's distance), computed row by row.
    private static func distance(_ word: [Character], _ name: [Character]) -> Int {
        var row = Array(0...name.count)
        for (index, letter) in word.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in name.indices {
                let changed = diagonal + (letter == name[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
            }
        }
        return row[name.count]
    }
}
