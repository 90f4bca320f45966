internal import Files

/// Puts a log's file aside, with what it had not taken over from its journal.
///
/// Cut off half-way, there is no log in its place: one without its journal would be taken for a whole one, and would not say
/// any more that it has gone elsewhere; and the journal would be taken for that of the log that comes next. The next run goes
/// on where this one ended.
///
/// A journal whose log is gone is put aside as well: whoever finds the rest needs it.
struct LogAside {
    /// Where the log is.
    let log: String
    /// What the file is called afterwards: the log's name, this word, and a number.
    let word: String
    /// Gives a file another name.
    var rename: (_ path: String, _ other: String) throws -> Void = { try FileEntry($0).rename(to: $1) }

    /// Puts aside what an earlier run began with, and then the log that is there.
    ///
    /// - Returns: where the last is now; nil when there was none. Of a journal alone, where that is.
    func putAll() throws -> String? {
        var last: String?
        while let kept = try putOne() { last = kept }
        return last
    }

    private func putOne() throws -> String? {
        let aside = "\(log).replacing"
        if !FileEntry(aside).exists {
            guard FileEntry(log).exists else { return try putJournal() }
            try rename(log, aside)
        }
        // Where there is another log by now, the journal is that one's.
        let hasJournal = !FileEntry(log).exists && FileEntry("\(log)-wal").exists
        let kept = freeName(withJournal: hasJournal)
        if hasJournal { try rename("\(log)-wal", "\(kept)-wal") }
        try rename(aside, kept)
        return kept
    }

    private func putJournal() throws -> String? {
        guard FileEntry("\(log)-wal").size ?? 0 > 0 else { return nil }
        let kept = "\(freeName(withJournal: true))-wal"
        try rename("\(log)-wal", kept)
        return kept
    }

    private func freeName(withJournal hasJournal: Bool) -> String {
        (1...).lazy.map { "\(log).\(word)-\($0)" }
            .first { !FileEntry($0).exists && !(hasJournal && FileEntry("\($0)-wal").exists) }!
    }
}
