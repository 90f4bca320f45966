internal import AgendaModel
internal import EventLog
internal import Files
internal import SQLiteFiles

extension DataFolder {
    /// The log whose file stands in an agenda's folder; nil where there is none, or it does not say which it is.
    func identity(of name: AgendaName) -> LogIdentity? {
        let log = "\(folder(of: name))/log.sqlite"
        return SideFiles.leavingNone(beside: log) { try? LogFile(reading: log).identity() }
    }

    /// Checks all of a backup, which stays as it is, and has nothing beside it afterwards that was not there.
    ///
    /// - Parameters:
    ///   - backup: the file.
    ///   - name: the agenda's.
    ///   - copy: a copy of `log.key`; nil when the key is in its place.
    ///   - existing: the log that is the agenda's now; nil when there is none that says which it is.
    ///   - progress: called with how many entries have been checked, and how many there are.
    /// - Returns: the log's key, and how many entries there are.
    /// - Throws: as `restore`.
    func check(
        backup: String,
        of name: AgendaName,
        key copy: String?,
        inPlaceOf existing: LogIdentity?,
        _ progress: (_ checked: LogSize, _ size: LogSize) -> Void
    ) throws -> (LogKey, LogSize) {
        if let process = SQLiteUse.process(using: backup) {
            throw LogError(
                .locked,
                "\(backup) is in use by process \(process), which may be writing it: take a copy that ambit agenda backup made"
            )
        }
        // By whatever name it was given, it would be taken away before it is copied.
        let cleared = Set(SideFiles.all(of: restoring(name)).compactMap { FileIdentity($0) })
        guard cleared.isDisjoint(with: SideFiles.all(of: backup).compactMap { FileIdentity($0) }) else {
            throw LogError(
                .inputOutput,
                "\(backup) has a name that restoring uses itself, and clears away: copy it to another name, and give that"
            )
        }
        return try SideFiles.leavingNone(beside: backup) {
            let mark = try checkIsSame(LogFile(reading: backup).identity(), as: existing, of: name)
            return try check(backup, of: name, key: copy, shown: mark, progress)
        }
    }

    /// Checks all of a backup, or of the log in its place.
    ///
    /// - Parameters:
    ///   - file: the one or the other.
    ///   - name: the agenda's.
    ///   - copy: a copy of `log.key`; nil when the key is in its place.
    ///   - mark: what has been shown of the log that it has to be; nil where that is known otherwise.
    ///   - progress: called with how many entries have been checked, and how many there are.
    /// - Returns: the log's key, and how many entries there are.
    /// - Throws: as `restore`.
    func check(
        _ file: String,
        of name: AgendaName,
        key copy: String?,
        shown mark: SeenMark? = nil,
        _ progress: (_ checked: LogSize, _ size: LogSize) -> Void
    ) throws -> (LogKey, LogSize) {
        let source = try LogFile(reading: file)
        let identity = try source.identity()
        guard Self.isLog(identity, of: name) else {
            throw LogError(.badSignature, "that is the log \(identity.origin), which is not the agenda \(name)")
        }
        let key = try copy.map { try LogKeyFile.read($0, of: identity) } ?? key(of: name, for: identity)
        var root: Hash?
        let report = try source.check(key: key.verifier, progress: progress) { _, tree in
            if tree.size == mark?.size { root = tree.root }
        }
        guard !report.isReplica else {
            throw LogError(
                .malformed,
                "\(source.path) is a laptop's copy and no backup; ambit heal takes entries from it"
            )
        }
        if let shown = mark?.root, let root, shown != root { throw otherLog("log.seen", than: identity, of: name) }
        return (key, report.size)
    }

    /// Has nothing take the place of another log's files: what its key has signed, and the key itself, may be nowhere else.
    ///
    /// - Parameters:
    ///   - identity: of the log that is to come there.
    ///   - existing: the log that is the agenda's now; nil when there is none that says which it is.
    ///   - name: the agenda's.
    /// - Returns: what has been shown, where nothing else says which log it was.
    /// - Throws: `LogError` with `badSignature` when it was another one.
    private func checkIsSame(_ identity: LogIdentity, as existing: LogIdentity?, of name: AgendaName) throws
        -> SeenMark?
    {
        if let existing {
            guard existing == identity else { throw otherLog("key \(existing.verifierKey)", than: identity, of: name) }
            return nil
        }
        let folder = folder(of: name)
        guard let key = try? LogKeyFile.read("\(folder)/log.key", origin: identity.origin) else {
            return try? SeenFile(at: "\(folder)/log.seen").mark()
        }
        guard key.verifier == identity.verifierKey else { throw otherLog("log.key", than: identity, of: name) }
        return nil
    }

    private func otherLog(_ what: String, than identity: LogIdentity, of name: AgendaName) -> LogError {
        LogError(
            .badSignature,
            "the agenda \(name) in \(path) is another log than \(identity.verifierKey), by its \(what); nothing was changed: use "
                + "another data folder, or move \(folder(of: name)) away first"
        )
    }
}
