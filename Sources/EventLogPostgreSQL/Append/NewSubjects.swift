internal import AgendaModel
internal import EventLog

/// The subjects that a commit creates, as they are stored.
///
/// There is one row for all of a stretch of entries, and a row for each with a given name.
struct NewSubjects {
    /// Says of each entry from `first` on which kind of subject it created.
    struct Stretch {
        var first: Position
        /// The kinds that occur; the first one has the number 1.
        var kinds: [Substring] = []
        /// One per entry, 0 for those that created nothing.
        var numbers: [UInt8] = []

        /// As it is stored: a kind has no space in it.
        var kindsText: String { kinds.joined(separator: " ") }

        /// The number of a kind; nil when there are too many.
        mutating func number(of kind: Substring) -> UInt8? {
            if let index = kinds.firstIndex(of: kind) { return UInt8(index + 1) }
            guard kinds.count < Int(UInt8.max) else { return nil }
            kinds.append(kind)
            return UInt8(kinds.count)
        }

        /// Whether the entry at a position created a subject of a kind, by what is stored of a stretch.
        static func creates(
            _ kind: Substring,
            at offset: Int,
            kinds: String,
            numbers: [UInt8]
        ) -> Bool {
            let known = kinds.split(separator: " ")
            guard numbers.indices.contains(offset), let index = known.firstIndex(of: kind) else { return false }
            return Int(numbers[offset]) == index + 1
        }
    }

    private(set) var stretches: [Stretch] = []
    private(set) var given: [(name: String, position: Position)] = []

    /// The longest stretch of one row; so a lookup reads little.
    private static let maximumLength = 256

    init() {}

    /// - Parameters:
    ///   - subjects: in order of position.
    ///   - runs: of the commit that creates them, in order of position.
    init(_ subjects: [(name: String, position: Position)], runs: [CounterRun]) {
        var run = runs.startIndex
        for (name, position) in subjects {
            while run + 1 < runs.endIndex, runs[run + 1].position <= position { run += 1 }
            // A counter is used once, so a subject that is named after its event cannot exist already.
            guard run < runs.endIndex, let derived = DerivedName(name), runs[run].places(derived, at: position),
                add(derived.kind, at: position)
            else {
                given.append((name, position))
                continue
            }
        }
    }

    private mutating func add(_ kind: Substring, at position: Position) -> Bool {
        var stretch = stretches.popLast() ?? Stretch(first: position)
        if position - stretch.first >= Self.maximumLength {
            stretches.append(stretch)
            stretch = Stretch(first: position)
        }
        defer { if !stretch.numbers.isEmpty { stretches.append(stretch) } }
        guard let number = stretch.number(of: kind) else { return false }
        stretch.numbers += repeatElement(0, count: position - stretch.first - stretch.numbers.count)
        stretch.numbers.append(number)
        return true
    }
}
