package import AgendaModel
package import EventLog
internal import Files
internal import GRDB

/// The state at one size of a log, for what is made of all of it.
///
/// It is in memory while it is small, else in a file that does not stay.
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
        /// Where the log's state file is, of which a copy saves folding; nil for a fold from the log's first entry on.
        package var stateFile: String?

        package init(
            in folder: String? = nil,
            memory: ByteCount = ByteCount(80 << 20),
            batch: Int = StateFileWriter.entriesPerTransaction,
            startingFrom stateFile: String? = nil
        ) {
            self.folder = folder
            self.memory = memory
            self.batch = batch
            self.stateFile = stateFile
        }
    }

    /// When the last of the entries was recorded; nil when there are none.
    package let moment: Timestamp?
    /// How many of the entries had been erased; nil where they were not folded.
    package let erasures: Int?
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
    ///   - reporting: gets each event in order, with what it changed and without titles; nil is faster.
    /// - Throws: `ProjectionError` with `beyondLog`, or as `StateFile.catchUp`; what the log and the body throw.
    package init(
        of log: any LogReader,
        at size: LogSize,
        in workspace: Workspace = Workspace(),
        progress: ((LogSize) -> Void)? = nil,
        reporting: ((HistoryEvent) throws -> Void)? = nil
    ) throws {
        try TimeTravel.check(size, in: log)
        if reporting == nil, let whole = try WholeState(of: log, at: size, in: workspace, progress: progress) {
            moment = whole.moment
            erasures = nil
            place = .file(whole.file)
            folder = consume whole.folder
            return
        }
        var fold = WatchedFold(reporting: reporting)
        var reached = LogSize.zero
        while reached < size, fold.memory <= workspace.memory {
            let next = min(size, reached + max(workspace.batch, 1))
            try fold.add(reached.positions(upTo: next), of: log)
            reached = next
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
            try file.catchUp(
                with: log,
                upTo: size,
                batch: workspace.batch,
                folding: { try fold.add($0, to: &$1, in: $2) },
                progress: progress
            )
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

/// The state of a whole log in a file that passes, made of a copy of the log's state file.
private struct WholeState: ~Copyable {
    let file: StateFile
    let folder: TemporaryFolder
    let moment: Timestamp?

    /// - Returns: nil where there is no such file, where it or the disk is damaged, or where the log has more entries.
    ///   What was erased by them the file may still hold.
    /// - Throws: what the log throws.
    init?(
        of log: any LogReader,
        at size: LogSize,
        in workspace: FoldedState.Workspace,
        progress: ((LogSize) -> Void)?
    ) throws {
        let head = try log.head()
        guard let kept = workspace.stateFile, size > .zero, head.size == size else { return nil }
        guard let folder = try? TemporaryFolder(in: workspace.folder) else { return nil }
        let path = "\(folder.path)/state.sqlite"
        guard StateFile.copy(at: kept, to: path), let file = try? StateFile(at: path) else { return nil }
        var isWhole = false
        defer { if !isWhole { try? file.close() } }
        do {
            // It may be of a history that the log has given up, and as long.
            guard try file.isFolded(from: log) else { return nil }
            try file.catchUp(with: log, upTo: size, batch: workspace.batch, progress: progress)
            // Whatever is read of it later is read here once: then it is not too late to fold the log.
            _ = try file.verifiedDigest()
            _ = try file.conflicts()
            isWhole = try file.size() == size && log.head().erasureMark == head.erasureMark
        } catch is ProjectionError {
            // The log has it all, and may be folded in memory.
        }
        guard isWhole else { return nil }
        let moment = try log.recordedTime(at: (size - 1).next)
        self.moment = moment
        self.file = file
        self.folder = folder
    }
}

/// A fold of which something is counted on the way, and told.
private struct WatchedFold {
    private let reporting: ((HistoryEvent) throws -> Void)?
    private var plain = State()
    private var history = HistoryFold(tellsTitles: false)
    private(set) var moment: Timestamp?
    private(set) var erasures = 0

    /// Only while nothing else holds a part of it.
    var state: State { reporting == nil ? plain : history.state }
    var memory: ByteCount { reporting == nil ? plain.memory : history.state.memory }

    init(reporting: ((HistoryEvent) throws -> Void)?) { self.reporting = reporting }

    /// Lets go of the state, which a file holds from now on.
    mutating func forget() {
        plain = State()
        history.forget()
    }

    /// Folds entries into a state of its own.
    mutating func add(_ range: Range<Position>, of log: any LogReader) throws {
        try log.forEachBlock(in: range) { _, _, entries in
            try forEachLine(of: entries) { entry in
                guard reporting != nil else { return note(try plain.fold(entry: entry)) }
                try report(history.fold(entry, at: history.state.size.next, telling: HistoryFilter()))
            }
        }
    }

    /// Folds an entry into the state of whoever writes a file.
    mutating func add(
        _ entry: UnsafeBufferPointer<UInt8>,
        to state: inout State,
        in db: Database
    ) throws -> EventAttributes {
        guard reporting != nil else {
            let attributes = try state.fold(entry: entry, load: SubjectLoader(db).load)
            note(attributes)
            return attributes
        }
        let (event, attributes) = try history.fold(entry, into: &state, in: db)
        try report(event)
        return attributes
    }

    private mutating func note(_ attributes: EventAttributes) {
        moment = attributes.recordedTime
        if attributes.tombstone != nil { erasures += 1 }
    }

    private mutating func report(_ event: HistoryEvent?) throws {
        guard let reporting, let event else { return }
        moment = event.recordedTime
        if event.redaction != nil { erasures += 1 }
        try reporting(event)
    }
}
