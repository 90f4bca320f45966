/// What a subject holds, in bytes: what its document and its conflicts are made of.
///
/// It is the sum, over the heads of all its registers, of the bytes of the path, of the value in canonical form, and of
/// `headBytes` (`Protocol/Events.md`, "What a subject may hold").
package struct SubjectWeight: Hashable, Sendable {
    /// Stands for who wrote a head and when, however little the head says.
    package static let headBytes = 100

    /// What an event writes to one register.
    package struct Leaf: Hashable, Sendable {
        /// RFC 6901 pointer.
        package var path: String
        /// What its head weighs.
        package var bytes: Int

        /// Whether it is below a member of the document: an entry of a map, for example.
        fileprivate var isEntry: Bool { SubjectWeight.isEntry(path) }

        package init(path: String, valueCount: Int) {
            self.path = path
            bytes = SubjectWeight.headBytes + path.utf8.count + valueCount
        }
    }

    private static func isEntry(_ path: String) -> Bool { path.utf8.dropFirst().contains(UInt8(ascii: "/")) }

    private struct WeighedHead: Hashable, Sendable {
        var source: EventSource
        var position: Position
        var bytes: Int

        func isSeen(by source: EventSource, basis: LogSize) -> Bool {
            self.source == source || basis.contains(position)
        }
    }

    /// What all heads weigh.
    package private(set) var bytes = 0
    /// What those of them weigh that are entries of maps.
    private(set) var entryBytes = 0
    /// The registers whose heads are known one by one; nil for all.
    private let paths: Set<String>?
    private var heads: [String: [WeighedHead]] = [:]

    /// - Parameters:
    ///   - registers: of the subject.
    ///   - paths: of the registers that will be written; nil for all. What is written elsewhere counts as something more.
    package init(_ registers: [Register] = [], at paths: Set<String>? = nil) {
        self.paths = paths
        for register in registers {
            let weighed = register.heads.map { head in
                let leaf = Leaf(path: register.path, valueCount: head.value?.count ?? 0)
                return WeighedHead(source: head.source, position: head.position, bytes: leaf.bytes)
            }
            let sum = weighed.reduce(0) { $0 + $1.bytes }
            bytes += sum
            if Self.isEntry(register.path) { entryBytes += sum }
            if paths?.contains(register.path) ?? true { heads[register.path] = weighed }
        }
    }

    /// Why a subject cannot hold what an event writes; nil when it can, and when it holds no more with it.
    ///
    /// - Parameters:
    ///   - subject: whose weight this is.
    ///   - leaves: of the event, each with a path of its own.
    ///   - source: of the event.
    ///   - basis: of the event.
    ///   - added: what others may have added besides, in bytes.
    /// - Returns: which of the two limits it would exceed, and by what.
    package func problem(
        of subject: String,
        with leaves: [Leaf],
        of source: EventSource,
        basis: LogSize,
        besides added: Int = 0
    ) -> EventProblem? {
        let growth = growth(by: leaves, of: source, basis: basis)
        let held = bytes + added + growth
        // Others may have replaced the same just now, so that with both it holds more; that has an end too.
        let mayGrow = growth > 0 || added > 0 && held > 2 * EventLimits.heldBytes
        if mayGrow, held > EventLimits.heldBytes {
            return EventProblem(
                .tooLarge,
                "\(subject) would hold \(held) bytes, more than the \(EventLimits.heldBytes) that a subject may hold; "
                    + "settle its conflicts or shorten its texts first, or record less"
            )
        }
        let entryGrowth = self.growth(by: leaves.filter(\.isEntry), of: source, basis: basis)
        let heldEntries = entryBytes + added + entryGrowth
        if entryGrowth > 0, heldEntries > EventLimits.heldEntryBytes {
            return EventProblem(
                .tooLarge,
                "the lists of \(subject) would hold \(heldEntries) bytes, more than the "
                    + "\(EventLimits.heldEntryBytes) that they may hold; add less to them"
            )
        }
        return nil
    }

    /// How much more the subject would hold with what an event writes: bytes; less than zero where it would hold less.
    func growth(by leaves: [Leaf], of source: EventSource, basis: LogSize) -> Int {
        leaves.reduce(0) { sum, leaf in
            let seen = (heads[leaf.path] ?? []).filter { $0.isSeen(by: source, basis: basis) }
            return sum + leaf.bytes - seen.reduce(0) { $0 + $1.bytes }
        }
    }

    /// Takes in what an event writes.
    ///
    /// - Parameters:
    ///   - leaves: of the event, each with a path of its own.
    ///   - source: of the event.
    ///   - basis: of the event.
    ///   - position: where it stands in the log.
    package mutating func write(_ leaves: [Leaf], of source: EventSource, basis: LogSize, at position: Position) {
        bytes += growth(by: leaves, of: source, basis: basis)
        entryBytes += growth(by: leaves.filter(\.isEntry), of: source, basis: basis)
        for leaf in leaves where paths?.contains(leaf.path) ?? true {
            heads[leaf.path, default: []].removeAll { $0.isSeen(by: source, basis: basis) }
            heads[leaf.path, default: []].append(
                WeighedHead(source: source, position: position, bytes: leaf.bytes)
            )
        }
    }
}

extension EventReader {
    /// What the event read last adds at most to what its subject holds, in bytes; see `SubjectWeight`.
    package var weight: Int {
        leaves.reduce(0) { sum, leaf in
            sum + SubjectWeight.headBytes + 1 + Int(leaf.pathEnd - leaf.pathStart) + Self.valueCount(of: leaf)
        }
    }

    /// What the event read last writes to each register.
    ///
    /// - Parameter line: the bytes that were read.
    /// - Returns: the leaves, in the order of the line.
    package func weighedLeaves(in line: UnsafeBufferPointer<UInt8>) -> [SubjectWeight.Leaf] {
        leaves.map { leaf in
            let path = withPath(of: leaf, in: line) { "/" + String(decoding: $0, as: UTF8.self) }
            return SubjectWeight.Leaf(path: path, valueCount: Self.valueCount(of: leaf))
        }
    }

    private static func valueCount(of leaf: EventLeaf) -> Int {
        leaf.kind == .null || leaf.kind == .erased ? 0 : Int(leaf.valueEnd - leaf.valueStart)
    }
}
