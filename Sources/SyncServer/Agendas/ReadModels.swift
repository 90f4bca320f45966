internal import AgendaModel
internal import Dispatch
internal import EventLog
internal import Projections
internal import Synchronization

/// Keeps an agenda's read models up with its log, and gives them to readers.
///
/// The log is folded about ten times a second while it grows and nobody reads. It is folded at once when a reader needs
/// more than has been folded. Readers and folding take turns on `queue`, where folding is a barrier. So everything that
/// one reader sees belongs to one size of the log.
///
/// Where the file cannot be brought up to date, because the disk is full or read-only, readers get it as it stands.
/// They are told the size that it stands for.
///
/// A file that has folded more than the log holds tells what is missing. It is kept until somebody has decided what becomes of
/// that, and readers get another one beside it meanwhile.
final class ReadModels: Sendable {
    /// How long growth of the log may stay unfolded when nobody asks.
    static let pause = DispatchTimeInterval.milliseconds(100)
    /// How long readers get the file as it stands, once it could not be written, before that is tried again.
    static let retryInterval = Duration.seconds(1)

    private let log: any LogReader
    private let path: String
    private let open: @Sendable (String) throws -> StateFile
    private let mayForget: @Sendable (RememberedEnd) -> Bool
    private let report: @Sendable (UpkeepFailure) -> Void
    private let queue: DispatchQueue
    /// What has been folded, what is to be, and who waits; never held while something is folded or read.
    private let progress = Mutex(Progress())
    /// Opened by the first folding, so that a server whose disk is full can still take and give out entries.
    private let file = Mutex(OpenFile())

    private struct OpenFile {
        var file: StateFile?
        /// Whether it is the one beside.
        var isAside = false
    }

    private struct Progress {
        var folded = LogSize.zero
        /// Until when nothing is folded, because there was no room.
        var stuckUntil: ContinuousClock.Instant?
        var isFolding = false
        var isScheduled = false
        /// Whether what was erased is to be cleared away later.
        var scrubsLater = false
        /// How many attempts in a row to clear it away found something in the way.
        var scrubFailures = 0
        var hasGrown = false
        var isStopped = false
        var waiting: [Waiting] = []

        var isStuck: Bool { stuckUntil.map { .now < $0 } ?? false }
    }

    private struct Waiting {
        var size: LogSize
        var continuation: CheckedContinuation<Void, any Error>
    }

    /// Keeps a state file that `open` opens, or makes, when it is needed first.
    ///
    /// - Parameters:
    ///   - log: what is folded.
    ///   - path: where the file is.
    ///   - agenda: its name.
    ///   - open: opens the file, or makes it.
    ///   - mayForget: whether a file that has folded up to there, in another history, may be thrown away; asked on the thread that
    ///     folds.
    ///   - report: called on that thread when clearing away what was erased fails; it is tried again after a while.
    init(
        of log: any LogReader,
        at path: String,
        agenda: AgendaName,
        open: @escaping @Sendable (String) throws -> StateFile = { try StateFile(at: $0) },
        mayForget: @escaping @Sendable (RememberedEnd) -> Bool = { _ in true },
        reporting report: @escaping @Sendable (UpkeepFailure) -> Void = { _ in }
    ) {
        self.mayForget = mayForget
        self.report = report
        self.log = log
        self.path = path
        self.open = open
        queue = DispatchQueue(label: "ambit.read-models.\(agenda)", attributes: .concurrent)
    }

    /// How much of the log has been folded.
    var size: LogSize { progress.withLock { $0.folded } }

    /// How many readers wait for a folding.
    var waitingCount: Int { progress.withLock { $0.waiting.count } }

    /// To be called after every commit.
    ///
    /// Cheap.
    func logHasGrown() {
        let mustSchedule = progress.withLock { progress in
            progress.hasGrown = true
            progress.stuckUntil = nil
            guard !progress.isFolding, !progress.isScheduled, !progress.isStopped else { return false }
            progress.isScheduled = true
            return true
        }
        if mustSchedule { schedule() }
    }

    /// Gives the body the read models as they stand at one size, at least `size`.
    func read<Value: Sendable>(
        atLeast size: LogSize,
        _ body: @escaping @Sendable (StateFile, LogSize) throws -> Value
    ) async throws -> Value {
        try await wait(for: size)
        return try await queue.run { [self] in
            guard let file = file.withLock({ $0.file }) else {
                throw LogError(.inputOutput, "the read models are not open")
            }
            return try body(file, progress.withLock { $0.folded })
        }
    }

    /// Calls the body with the registers of each subject as they stand, at one size.
    ///
    /// Waits for no folding, and for nobody who opens the file: pushes wait for this. The body may be called twice with a
    /// subject.
    ///
    /// - Parameters:
    ///   - subjects: their names.
    ///   - body: gets a subject and its registers, none where it does not exist.
    /// - Returns: the size that they stand for; nil when nothing has been folded.
    /// - Throws: what the file throws.
    func registers(of subjects: [String], _ body: (String, [Register]) -> Void) throws -> LogSize? {
        let opened: StateFile? = file.withLockIfAvailable { $0.file } ?? nil
        return try opened?.readAsIs { view in
            for subject in subjects { body(subject, try view.registers(of: subject)) }
            return view.size
        }
    }

    /// Ends all waiting and folds no more; returns when the file is out of use.
    func stop() async {
        let waiting = progress.withLock { progress in
            progress.isStopped = true
            defer { progress.waiting = [] }
            return progress.waiting
        }
        for reader in waiting { reader.continuation.resume(throwing: CancellationError()) }
        await withCheckedContinuation { continuation in
            queue.async(flags: .barrier) { [self] in
                file.withLock { file in
                    try? file.file?.close()
                    file.file = nil
                }
                continuation.resume()
            }
        }
    }

    private func wait(for size: LogSize) async throws {
        if progress.withLock({ $0.folded >= size && size > .zero || $0.isStuck }) { return }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            enum Step { case done, stopped, fold, wait }
            let step = progress.withLock { progress -> Step in
                if progress.isStopped { return .stopped }
                if progress.folded >= size, size > .zero { return .done }
                progress.waiting.append(Waiting(size: size, continuation: continuation))
                if progress.isFolding { return .wait }
                progress.isFolding = true
                return .fold
            }
            switch step {
            case .done: continuation.resume()
            case .stopped: continuation.resume(throwing: CancellationError())
            case .fold: queue.async(flags: .barrier) { self.fold() }
            case .wait: break
            }
        }
    }

    private func schedule() {
        queue.asyncAfter(deadline: .now() + Self.pause) { [self] in
            let mustFold = progress.withLock { progress in
                progress.isScheduled = false
                guard progress.hasGrown, !progress.isFolding, !progress.isStopped else { return false }
                progress.isFolding = true
                return true
            }
            if mustFold { queue.async(flags: .barrier) { self.fold() } }
        }
    }

    /// Runs as the queue's barrier, at most once at a time.
    private func fold() {
        let before = progress.withLock { progress in
            progress.hasGrown = false
            return progress.waiting.count
        }
        let outcome = Result { try catchUp() }
        enum Next { case rest, schedule, fold }
        let (released, next) = progress.withLock { progress -> ([Waiting], Next) in
            progress.isFolding = false
            var released = progress.waiting
            if case .success(let size) = outcome {
                let advanced = size > progress.folded
                progress.folded = size
                // Who came meanwhile may wait for what the log did not have yet when this began.
                let isDone = { (index: Int, reader: Waiting) in reader.size <= size || (!advanced && index < before) }
                let waiting = Array(progress.waiting.enumerated())
                released = waiting.filter(isDone).map(\.element)
                progress.waiting = waiting.filter { !isDone($0, $1) }.map(\.element)
            } else {
                progress.waiting = []
            }
            if progress.isStopped { return (released, .rest) }
            if !progress.waiting.isEmpty {
                progress.isFolding = true
                return (released, .fold)
            }
            guard progress.hasGrown, !progress.isScheduled else { return (released, .rest) }
            progress.isScheduled = true
            return (released, .schedule)
        }
        for reader in released { reader.continuation.resume(with: outcome.map { _ in }) }
        switch next {
        case .rest: break
        case .schedule: schedule()
        case .fold: queue.async(flags: .barrier) { self.fold() }
        }
    }

    private func catchUp() throws -> LogSize {
        let opened = try file.withLock { file in try current(&file) }
        do {
            try opened.catchUp(with: log, scrubs: progress.withLock { !$0.scrubsLater }, reporting: report)
        } catch let error as ProjectionError where error.code == .diskFull || error.code == .readOnly {
            guard try opened.isFolded(from: log) else { throw error }
            progress.withLock { $0.stuckUntil = .now + Self.retryInterval }
        }
        scrubLater(if: opened.isScrubDue)
        return try opened.size()
    }

    /// The file to fold into.
    private func current(_ current: inout OpenFile) throws -> StateFile {
        let aside = "\(path).aside"
        if current.isAside, mayForget(StateFile.rememberedEnd(at: path, of: log.identity) ?? .nothing) {
            try? current.file?.close()
            StateFile.remove(at: aside)
            current = OpenFile()
        }
        let file = try current.file ?? open(path)
        current.file = file
        guard !current.isAside, try !file.isFolded(from: log), try !mayForget(file.end()) else { return file }
        let other = try open(aside)
        try? file.close()
        current = OpenFile(file: other, isAside: true)
        return other
    }

    /// Has what was erased cleared away after a while, whether the log grows or not.
    private func scrubLater(if isDue: Bool) {
        let pause = progress.withLock { progress -> Duration? in
            if progress.scrubsLater { return nil }
            progress.scrubsLater = isDue
            progress.scrubFailures = isDue ? progress.scrubFailures + 1 : 0
            return isDue ? Backoff.scrubbing.delay(afterFailures: progress.scrubFailures) : nil
        }
        guard let pause else { return }
        queue.asyncAfter(deadline: .now() + pause / .seconds(1)) { [weak self] in
            guard let self else { return }
            progress.withLock { $0.scrubsLater = false }
            logHasGrown()
        }
    }
}
