/// Prints lines as they come, or keeps the last so many until the end.
struct LastLines {
    private let count: Int?
    /// Made when they are printed: most never are.
    private var kept: [() -> [UInt8]] = []
    private(set) var isEmpty = true

    init(_ count: Int?) { self.count = count }

    mutating func append(_ line: @autoclosure @escaping () -> [UInt8]) {
        isEmpty = false
        guard let count else {
            Output.write(line())
            return
        }
        kept.append(line)
        // Keeps memory at twice what was asked for.
        if kept.count >= 2 * count { kept.removeFirst(kept.count - count) }
    }

    mutating func finish() {
        for line in kept.suffix(count ?? 0) { Output.write(line()) }
        kept = []
    }
}
