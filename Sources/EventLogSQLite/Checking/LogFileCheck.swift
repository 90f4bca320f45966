package import AgendaModel
package import EventLog
internal import GRDB

extension LogFile {
    /// What the file says that it is.
    ///
    /// - Throws: `LogDifference` where it does not say so, `LogError` where it cannot be read.
    package func identity() throws -> LogIdentity {
        try reading { db in
            _ = try SchemaCheck.check(db, path: path)
            return try MetaCheck(db, path: path, key: nil).identity
        }
    }

    /// Holds everything that the file has against its entries, and these against the signed checkpoints, in one pass.
    ///
    /// - Parameters:
    ///   - key: whose signatures count; that of the file itself when nil.
    ///   - held: a verified checkpoint from elsewhere that the log must extend.
    ///   - progress: called with how many entries have been checked, and how many there are.
    ///   - each: called with each entry, and the tree that ends with it, in order; what it throws ends the check.
    /// - Returns: what there is.
    /// - Throws: `LogDifference` for the first that differs, `LogError` where it cannot be read.
    package func check(
        key: VerifierKey? = nil,
        extending held: Checkpoint? = nil,
        progress: (_ checked: LogSize, _ size: LogSize) -> Void = { _, _ in },
        each: (CheckedEntry, TreeEdge) throws -> Void = { _, _ in }
    ) throws -> LogReport {
        try reading { db in
            let format = try SchemaCheck.check(db, path: path)
            let meta = try MetaCheck(db, path: path, key: key)
            let report = try withoutActuallyEscaping(each) { each in
                var check = try LogFileCheck(db, format: format, meta: meta, extending: held, each: each)
                return try check.run(progress)
            }
            try SchemaCheck.checkIntegrity(db, path: path)
            return report
        }
    }
}

/// The checks of one file, entry by entry.
struct LogFileCheck {
    let db: Database
    let format: Int32
    let each: (CheckedEntry, TreeEdge) throws -> Void
    var entries: EntryCheck
    var checkpoints: CheckpointCheck
    var report: LogReport
    private var runs: CounterRunCheck
    private var access = AccessReplay()
    /// nil for a replica.
    private var subjects: SubjectCheck?

    init(
        _ db: Database,
        format: Int32,
        meta: MetaCheck,
        extending held: Checkpoint?,
        each: @escaping (CheckedEntry, TreeEdge) throws -> Void
    ) throws {
        self.db = db
        self.format = format
        self.each = each
        entries = EntryCheck(extending: held)
        checkpoints = try CheckpointCheck(db, key: meta.identity.verifierKey)
        let isReplica = try Int.fetchOne(db, sql: "SELECT count(*) FROM replica") != 0
        report = LogReport(
            identity: meta.identity,
            size: try checkpoints.lastSize(),
            root: Merkle.emptyRoot,
            isReplica: isReplica
        )
        let device = try Row.fetchOne(
            db,
            sql: "SELECT \(StoredRow.text("value")) FROM replica WHERE key = 'device'"
        ).map { DeviceID(unchecked: try StoredRow($0, .row(table: "replica", key: "device")).text(0)) }
        // As long as it has not become another device, somebody else writes as the one that it was.
        let isShared = try Int.fetchOne(db, sql: "SELECT count(*) FROM replica WHERE key = 'identity-shared'") != 0
        runs = CounterRunCheck(isReplica: isReplica, device: isShared ? nil : device)
        if !isReplica { subjects = try SubjectCheck(db) }
    }

    mutating func run(_ progress: (_ checked: LogSize, _ size: LogSize) -> Void) throws -> LogReport {
        let size = report.size
        try checkSegments(upTo: size, progress)
        try checkTail(upTo: size, progress)
        guard entries.edge.size == size else {
            throw LogDifference(.entry(entries.edge.size.next), "is missing; the last checkpoint is of \(size) entries")
        }
        try checkpoints.finish(at: size)
        try entries.finish()
        try runs.finish(db, format: format)
        try checkStaged(from: size.wholeSegments)
        if let subjects {
            try subjects.finish(size: size)
            try AccessTableCheck(db, format: format).check(against: access)
            try requireEmpty(["outbox"], "a server has none")
        } else {
            try requireEmpty(
                ["subjects", "creations", "kinds", "rejections", "members", "devices", "tokens", "invites"],
                "a replica keeps none"
            )
            report.outbox = try ReplicaTableCheck(db, format: format).check(lastCounters: runs.lastCounters)
        }
        try ErasureTableCheck(db, format: format).check(against: entries)
        try RejectionCheck(db, format: format).check()
        try RowCheckCheck(db, format: format).check()
        report.root = entries.edge.root
        report.erased = entries.erased
        report.kept = entries.kept
        report.checkpoints = checkpoints.count
        report.note = checkpoints.lastNote
        report.sources = entries.sourceNames.count
        return report
    }

    /// Takes entries, each followed by a newline, through all that is held against them.
    ///
    /// - Returns: the root of the segment that the last of them completes, if it does.
    mutating func take(_ block: [UInt8]) throws -> Hash? {
        var segmentRoot: Hash?
        try block.withUnsafeBufferPointer { bytes in
            guard bytes.last == Lines.newline else {
                throw LogDifference(.entry(entries.edge.size.next), "does not end in a newline")
            }
            try Lines.forEach(in: bytes) { line in
                let entry = try entries.take(UnsafeBufferPointer(rebasing: bytes[line]))
                segmentRoot = entry.segmentRoot
                let source = entries.source(entry.source)
                try runs.take(entry, source: source, db)
                try subjects?.take(entry, source: source, type: entries.typeNames[entry.type])
                access.take(entry)
                try checkpoints.reached(entries)
                try each(entry, entries.edge)
            }
        }
        return segmentRoot
    }

    private func requireEmpty(_ tables: [String], _ reason: String) throws {
        for table in tables where try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") != 0 {
            throw LogDifference(.table(table), "it has rows, and \(reason)")
        }
    }
}
