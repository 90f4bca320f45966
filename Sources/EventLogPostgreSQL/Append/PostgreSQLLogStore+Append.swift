package import AgendaModel
package import EventLog

extension PostgreSQLLogStore {
    /// One round trip, unless something that the commit replaces has to be read first.
    package func append(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome {
        for _ in 0..<Self.maximumAttempts {
            let addition = try LogAddition(commit, expecting: size)
            let preparation: Preparation
            switch try prepare(addition) {
            case .ready(let ready): preparation = ready
            case .conflict(let actual): return .conflict(actual: actual)
            }
            let writes = AppendStatements(of: addition, preparation, in: self)
            let verdict = try writing(writes.all) { rows in
                guard let row = rows[AppendStatements.judgement].first else { throw notFound }
                return try CommitVerdict(row)
            }
            switch verdict.word {
            case .free:
                notices.announce(id)
                return .committed
            case .conflict: return .conflict(actual: verdict.size)
            case .changed: continue
            case .moved: throw moved
            case .malformed: throw addition.fault ?? LogError(.malformed, "the commit contradicts itself")
            case .time: throw LogError(.malformed, "the commit's recorded time is before that of the last entry")
            case .sealed: throw LogError(.malformed, "the commit's first segment is not the next one to be sealed")
            case .runs:
                throw LogError(.malformed, "a run's counters are not above those that its source has in the log")
            case .subjects: throw LogError(.malformed, "a subject that the commit creates exists already")
            }
        }
        throw LogError(.inputOutput, "the log kept changing while a commit was prepared; try again")
    }

    /// So often something that was read first may have been changed by others.
    static let maximumAttempts = 5

    var notFound: LogError {
        LogError(
            .notFound,
            "the log \(identity.origin) is not in the database any more; ambit agenda list shows those that are"
        )
    }

    var moved: LogError {
        LogError(.readOnly, "the log \(identity.origin) has been moved to another store; serve it from there")
    }
}

/// What the comparison inside of a commit came to.
struct CommitVerdict {
    enum Word: String {
        case free, conflict, changed, moved, malformed, time, sealed, runs, subjects
    }

    var word: Word
    /// Of the log before the commit.
    var size: LogSize

    init(_ row: Row) throws {
        guard let word = Word(rawValue: try row.text(1)) else { throw DatabaseFailure(.unreadable) }
        self.word = word
        size = LogSize(try row.integer(0))
    }
}
