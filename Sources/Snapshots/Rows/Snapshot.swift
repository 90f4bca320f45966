package import AgendaModel
package import EventLog
package import Projections

/// An agenda as it was at one size of its log: what all files of a snapshot are made of.
package struct Snapshot: Sendable {
    /// What it is of, and what it can be held against.
    package let manifest: Manifest
    /// When the last of its entries was recorded; nil for an empty log.
    package let moment: Timestamp?
    /// How many of its entries had been erased.
    package let erasures: Int
    /// The agenda's own subject; nil before it was founded.
    package let agenda: String?
    let state: State
    /// Sorted bytewise.
    let subjects: [String]

    /// Folds the first `size` entries of a log.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - size: how many of them.
    ///   - telling: is given each event in order, with what it changed; nil when nobody asks, which is faster.
    /// - Throws: `ProjectionError` with `beyondLog`, what the log and the body throw.
    package init(
        of log: any LogReader,
        at size: LogSize,
        telling: ((HistoryEvent) throws -> Void)? = nil
    ) throws {
        var fold = SnapshotFold(telling: telling)
        let end = try log.head().size
        // A size beyond the log is refused by the manifest.
        if size > .zero, size <= end {
            try log.forEachBlock(in: LogSize.zero.next..<size.next) { _, _, entries in try fold.add(entries) }
        }
        state = fold.state
        moment = fold.moment
        erasures = fold.erasures
        manifest = try Manifest(of: log, at: size, digest: TimeTravel.digest(of: state))
        subjects = state.subjects
        agenda = subjects.first { $0.hasPrefix("agenda/") }
    }
}

/// The fold of a snapshot, with what is counted on the way.
private struct SnapshotFold {
    private let telling: ((HistoryEvent) throws -> Void)?
    private var plain = State()
    private var history = HistoryFold()
    private(set) var moment: Timestamp?
    private(set) var erasures = 0

    var state: State { telling == nil ? plain : history.state }

    init(telling: ((HistoryEvent) throws -> Void)?) { self.telling = telling }

    mutating func add(_ block: UnsafeBufferPointer<UInt8>) throws {
        guard let telling else {
            var (moment, erasures) = (moment, erasures)
            try plain.fold(block: block, load: nil) { attributes, _ in
                moment = attributes.recordedTime
                if attributes.tombstone != nil { erasures += 1 }
            }
            (self.moment, self.erasures) = (moment, erasures)
            return
        }
        try Lines.forEach(in: block) { line in
            let entry = UnsafeBufferPointer(rebasing: block[line])
            let position = history.state.size.next
            guard let event = try history.fold(entry, at: position, telling: HistoryFilter()) else { return }
            moment = event.recordedTime
            if event.redaction != nil { erasures += 1 }
            try telling(event)
        }
    }
}
