import AgendaModel
import EventLog
import EventLogTesting
import Synchronization
import Testing

@Suite("The conformance suite finds stores that are broken")
struct StoreCanaryTests {
    /// One thing that a broken store gets wrong, and the check that must find it.
    enum Defect: String, CaseIterable {
        case ignoresExpectedSize, losesLastEntry, swapsEntries, forgetsRuns, forgetsSealedCheckpoint, sealsAnything
        case keepsRejectionOnConflict, mergesNothing, countsMomentsExclusively, losesRejectionBytes, forgetsReading
        case leavesSealedToLater, keepsWithdrawnInvite, forgetsAccessVersion

        var check: LogStoreConformance.Check {
            switch self {
            case .ignoresExpectedSize, .keepsRejectionOnConflict: .comparison
            case .losesLastEntry, .swapsEntries, .forgetsReading: .appendedEntries
            case .forgetsRuns, .mergesNothing: .runs
            case .forgetsSealedCheckpoint: .checkpoints
            case .sealsAnything: .impossibleSeals
            case .countsMomentsExclusively: .moments
            case .losesRejectionBytes: .rejections
            case .leavesSealedToLater: .sealing
            case .keepsWithdrawnInvite, .forgetsAccessVersion: .access
            }
        }
    }

    @Test("a defect is found by its check", arguments: Defect.allCases)
    func defect(_ defect: Defect) async {
        let conformance = LogStoreConformance { CanaryStore(InMemoryLogStore(identity: $0), defect) }
        await #expect(throws: LogStoreConformance.Failure.self) { try await conformance.run(defect.check) }
    }

    @Test("the canary without a defect passes", arguments: LogStoreConformance.Check.allCases)
    func sound(_ check: LogStoreConformance.Check) async throws {
        let conformance = LogStoreConformance { CanaryStore(InMemoryLogStore(identity: $0), nil) }
        try await conformance.run(check)
    }
}

/// A store with one defect.
private final class CanaryStore: ForwardingLogStore {
    let store: InMemoryLogStore
    private let defect: StoreCanaryTests.Defect?
    private let strayRejections = Mutex<[Rejection]>([])

    init(_ store: InMemoryLogStore, _ defect: StoreCanaryTests.Defect?) {
        self.store = store
        self.defect = defect
    }

    func append(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome {
        var commit = commit
        switch defect {
        case .ignoresExpectedSize:
            let actual = try store.head().size
            commit.first = actual.next
            if commit.count > 0 { commit.checkpoint?.checkpoint.size = LogSize(actual.rawValue + commit.count) }
            return try store.append(commit, expecting: actual)
        case .keepsRejectionOnConflict:
            let outcome = try store.append(commit, expecting: size)
            if outcome != .committed { strayRejections.withLock { $0 += commit.rejections } }
            return outcome
        case .forgetsRuns: commit.runs = []
        case .leavesSealedToLater: commit.sealed = []
        case .mergesNothing:
            commit.runs = commit.runs.map { run in
                var run = run
                if run.source == "server" { run.last = run.first }
                return run
            }
        case .losesRejectionBytes:
            for index in commit.rejections.indices { commit.rejections[index].bytes = [] }
        default: break
        }
        return try store.append(commit, expecting: size)
    }

    func seal(_ segment: Segment) throws {
        guard defect == .sealsAnything else { return try store.seal(segment) }
        try? store.seal(segment)
    }

    func entries(_ range: Range<Position>) throws -> [UInt8] {
        var entries = try store.entries(range)
        let lines = entries.split(separator: Lines.newline)
        switch defect {
        case .losesLastEntry where range.count > 1: entries = Array(lines.dropLast().joined(separator: [Lines.newline]))
        case .swapsEntries where range.count > 1:
            entries = lines.reversed().flatMap { $0 + [Lines.newline] }
        default: break
        }
        return entries
    }

    func forEachBlock(
        in range: Range<Position>,
        _ body: (Position, Int, UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        var isFirst = true
        try store.forEachBlock(in: range) { first, count, entries in
            defer { isFirst = false }
            if defect == .forgetsReading && !isFirst { return }
            try body(first, count, entries)
        }
    }

    func checkpoint(atMost size: LogSize) throws -> SignedCheckpoint? {
        guard defect == .forgetsSealedCheckpoint, try store.head().sealedSegments > 0 else {
            return try store.checkpoint(atMost: size)
        }
        return size.rawValue <= Segment.entryCount ? nil : try store.checkpoint(atMost: size)
    }

    func size(at moment: Timestamp) throws -> LogSize {
        var moment = moment
        if defect == .countsMomentsExclusively { moment.millisecondsSince1970 -= 1 }
        return try store.size(at: moment)
    }

    func withdrawInvite(hash: Hash) throws -> Bool {
        defect == .keepsWithdrawnInvite ? true : try store.withdrawInvite(hash: hash)
    }

    func accessVersion() throws -> Int {
        defect == .forgetsAccessVersion ? 0 : try store.accessVersion()
    }

    func rejections(after cursor: Int, limit: Int) throws -> [(cursor: Int, rejection: Rejection)] {
        let stray = strayRejections.withLock { $0 }
        return try stray.map { (1, $0) } + store.rejections(after: cursor, limit: limit)
    }
}

extension Range<Position> {
    fileprivate var count: Int { upperBound.rawValue - lowerBound.rawValue }
}
