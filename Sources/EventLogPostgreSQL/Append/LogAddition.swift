internal import AgendaModel
internal import EventLog

/// A commit, cut into what is stored of it; what can be said of it without the log has been checked.
struct LogAddition {
    let commit: Commit
    /// How many entries the log must have.
    let expected: LogSize
    /// The entries that the commit does not bring in sealed segments.
    private(set) var rows: [TailRow] = []
    /// What the commit adds to a segment that the log has a part of.
    private(set) var part: PartOfSegment?
    /// Runs that continue each other are one.
    private(set) var runs: [CounterRun] = []
    private(set) var subjects = NewSubjects()
    /// What is wrong with it; said of a log that has the expected size only.
    private(set) var fault: LogError?

    /// - Throws: `malformed` when its bytes are not its entries.
    init(_ commit: Commit, expecting size: LogSize) throws {
        self.commit = commit
        expected = size
        rows = try TailRow.rows(of: commit)
        part = try PartOfSegment(of: commit)
        fault = Self.fault(in: commit, expecting: size)
        for run in commit.runs {
            let last = runs.last { $0.source == run.source }
            if let last, run.first <= last.last {
                fault = fault ?? LogError(.malformed, "a run's counters are not above those before it in the commit")
            }
            if let index = runs.indices.last, runs[index].source == run.source, run.position == runs[index].end,
                run.first == runs[index].last.next
            {
                runs[index].last = run.last
            } else {
                runs.append(run)
            }
        }
        subjects = NewSubjects(commit.subjects, runs: commit.runs)
    }

    private static func fault(in commit: Commit, expecting size: LogSize) -> LogError? {
        guard commit.first == size.next else {
            return LogError(.malformed, "the commit does not continue the log where it says it does")
        }
        let newSize = commit.count == 0 ? nil : size + commit.count
        guard commit.checkpoint?.checkpoint.size == newSize else {
            return LogError(.malformed, "a commit with entries needs the checkpoint of exactly their end")
        }
        guard commit.erasures.allSatisfy({ $0.isWithin(size + commit.count) }) else {
            return LogError(.malformed, "the commit erases what is not in the log, or without a redaction after it")
        }
        return nil
    }

    /// The first run of each source: what has to be above all that the log has of it.
    var firstRuns: [CounterRun] {
        var seen: Set<EventSource> = []
        return runs.filter { seen.insert($0.source).inserted }
    }

    /// The invites that it uses.
    var usedInvites: [Hash] {
        commit.access.compactMap { change in
            if case .inviteUsed(let hash, _) = change { hash } else { nil }
        }
    }
}
