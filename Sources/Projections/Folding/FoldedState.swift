package import AgendaModel
package import EventLog
internal import Files

/// The state at one size of a log, for what is made of all of it: in memory while it is small, else in a file that passes.
///
/// So memory is bounded, whatever the size.
package final class FoldedState: Sendable {
    /// Where a state is kept that does not stay.
    package struct Workspace: Sendable {
        /// The folder for a file that passes; nil for where the system keeps such things.
        package var folder: String?
        /// What a state in memory may take, with what reading it takes besides: half as much again.
        package var memory: ByteCount
        /// How many entries are folded at once.
        package var batch: Int

        package init(
            in folder: String? = nil,
            memory: ByteCount = ByteCount(80 << 20),
            batch: Int = Folding.entriesPerTransaction
        ) {
            self.folder = folder
            self.memory = memory
            self.batch = batch
        }
    }

    /// When the last of the entries was recorded; nil when there are none.
    package let moment: Timestamp?
    /// How many of the entries had been erased.
    package let erasures: Int
    let place: Place
    /// What the file is in; goes with this.
    private let folder: TemporaryFolder?

    enum Place {
        case memory(PastState)
        case file(StateFile)
    }

    /// Folds the first `size` entries of a log.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - size: how many of them.
    ///   - workspace: where the state is kept.
    ///   - progress: called now and then with the size reached.
    ///   - telling: is given each event in order, with what it changed and no titles; nil when nobody asks, which is faster.
    /// - Throws: `ProjectionError` with `beyondLog`, or as `StateFile.catchUp`; what the log and the body throw.
    package init(
        of log: any LogReader,
        at size: LogSize,
        in workspace: Workspace = Workspace(),
        progress: ((LogSize) -> Void)? = nil,
        telling: ((HistoryEvent) throws -> Void)? = nil
    ) throws {
        try TimeTravel.check(size, in: log)
        var fold = WatchedFold(telling: telling)
        var reached = LogSize.zero
        func next() -> LogSize { min(size, reached + max(workspace.batch, 1)) }
        while reached < size, fold.memory <= workspace.memory {
            try fold.add(reached.positions(upTo: next()), of: log)
            reached = next()
            progress?(reached)
        }
        if reached == size, fold.memory <= workspace.memory {
            place = .memory(try PastState(fold.state))
            folder = nil
        } else {
            let folder = try TemporaryFolder(in: workspace.folder)
            let file = try StateFile(at: "\(folder.path)/state.sqlite")
            fold.forget()
            try file.catchUp(with: log, upTo: reached, batch: workspace.batch)
            while reached < size {
                try file.read { try fold.add(reached.positions(upTo: next()), of: log, beside: $0) }
                try file.catchUp(with: log, upTo: next(), batch: workspace.batch)
                reached = next()
                progress?(reached)
            }
            place = .file(file)
            self.folder = consume folder
        }
        moment = fold.moment
        erasures = fold.erasures
    }

    deinit {
        if case .file(let file) = place { try? file.close() }
    }
}

/// A fold of which something is counted on the way, and told.
private struct WatchedFold {
    private let telling: ((HistoryEvent) throws -> Void)?
    private var plain = State()
    private var history = HistoryFold(tellsTitles: false)
    private var reader = EventReader()
    private(set) var moment: Timestamp?
    private(set) var erasures = 0

    /// Only while nothing else holds a part of it.
    var state: State { telling == nil ? plain : history.state }
    var memory: ByteCount { telling == nil ? plain.memory : history.state.memory }

    init(telling: ((HistoryEvent) throws -> Void)?) { self.telling = telling }

    /// Lets go of the state, which a file holds from now on.
    mutating func forget() { plain = State() }

    /// Folds entries beside what a file holds that the state does not; nil when the state holds everything.
    mutating func add(_ range: Range<Position>, of log: any LogReader, beside view: StateView? = nil) throws {
        if let view { history.goOn(beside: view) }
        try log.forEachBlock(in: range) { first, _, entries in
            var position = first
            try forEachLine(of: entries) { entry in
                defer { position += 1 }
                try add(entry, at: position, isHeld: view == nil)
            }
        }
    }

    private mutating func add(_ entry: UnsafeBufferPointer<UInt8>, at position: Position, isHeld: Bool) throws {
        guard let telling else {
            let attributes = try isHeld ? plain.fold(entry: entry) : reader.read(entry, as: .entry)
            moment = attributes.recordedTime
            if attributes.tombstone != nil { erasures += 1 }
            return
        }
        guard let event = try history.fold(entry, at: position, telling: HistoryFilter()) else { return }
        moment = event.recordedTime
        if event.redaction != nil { erasures += 1 }
        try telling(event)
    }
}
