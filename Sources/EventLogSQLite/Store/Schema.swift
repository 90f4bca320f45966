internal import EventLog
internal import GRDB
internal import SQLiteFiles

/// The tables of `log.sqlite`, and the marks by which a file is known.
enum Schema {
    /// `Ambt` in ASCII, in the file's header at offset 68.
    static let applicationID: Int32 = 0x416D_6274

    /// Kept as `user_version`.
    ///
    /// Migrations only go forward.
    static let version: Int32 = 10

    /// Makes the tables of an empty file, or brings those of an older version up to date.
    ///
    /// - Parameters:
    ///   - db: in a transaction.
    ///   - oldVersion: that of the file; 0 for an empty one.
    ///   - version: the one to stop at: an older one only to see what a file of it must be like.
    /// - Throws: what SQLite throws.
    static func migrate(_ db: Database, from oldVersion: Int32, to version: Int32 = Schema.version) throws {
        db.add(function: RowCheck.function)
        // Later versions add their steps here, each under `if oldVersion < n, n <= version`.
        if oldVersion < 1 {
            try db.execute(sql: logTables)
            try db.execute(sql: accessTables)
            try db.execute(sql: replicaTables)
            try db.execute(sql: logRules)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        if oldVersion < 2, 2 <= version {
            // The device that this one goes on from.
            try db.execute(sql: "ALTER TABLE devices ADD COLUMN continues TEXT")
        }
        if oldVersion < 3, 3 <= version {
            // The device that made it; none for those from before, and for those that are made on the data folder.
            try db.execute(sql: "ALTER TABLE invites ADD COLUMN device TEXT")
            // Of a refused line of which `bytes` is only the beginning.
            try db.execute(sql: "ALTER TABLE rejections ADD COLUMN length INTEGER")
            try db.execute(sql: "ALTER TABLE rejections ADD COLUMN hash BLOB CHECK (length(hash) = 32)")
        }
        if oldVersion < 4, 4 <= version {
            try db.execute(sql: erasing)
        }
        if oldVersion < 5, 5 <= version {
            // The last counter that a signature of the device covers: before, no device signed.
            try db.execute(sql: "ALTER TABLE devices ADD COLUMN signed INTEGER NOT NULL DEFAULT 0")
        }
        if oldVersion < 6, 6 <= version {
            try db.execute(sql: outboxOfTwoStates)
        }
        if oldVersion < 7, 7 <= version {
            // What a device lacks of its member's access: before, nothing.
            try db.execute(sql: "ALTER TABLE devices ADD COLUMN expires TEXT")
            try db.execute(sql: "ALTER TABLE devices ADD COLUMN limited INTEGER NOT NULL DEFAULT 0")
        }
        if oldVersion < 8, 8 <= version {
            try db.execute(sql: beforeRowChecks)
            for table in CheckedTable.all(in: 8) { try db.execute(sql: table.addingChecks) }
            try db.execute(sql: afterRowChecks)
        }
        if oldVersion < 9, 9 <= version {
            try db.execute(sql: "DROP TRIGGER rejections_stay")
            for table in CheckedTable.all(in: 9) where table.firstFormat == 9 {
                try db.execute(sql: table.addingChecks)
            }
            try db.execute(sql: rejectionsStay)
        }
        if oldVersion < 10, 10 <= version {
            try db.execute(sql: beforeLogChecks)
            try db.execute(sql: commitsWithChecks)
            try db.execute(sql: segmentsWithChecks)
            try db.execute(sql: CheckedTable.checkpoints.addingChecks)
            try db.execute(sql: afterLogChecks)
        }
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// Nothing is stored per event.
    ///
    /// The log's size is that of the greatest checkpoint: segments beyond it are staged by a replica and do not count
    /// yet. Blobs come last, so that the columns before them are read without them.
    ///
    /// A subject named after the event that created it is found through `runs`; `creations` says of an entry which kind
    /// of subject it created: one byte per entry from `first` on, an id of `kinds` or 0. Subjects with given names are
    /// in `subjects`.
    private static let logTables = """
        CREATE TABLE meta (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE commits (
            first INTEGER PRIMARY KEY,
            count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 256 AND first / 256 = (first + count - 1) / 256),
            recorded INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            entries BLOB NOT NULL
        ) STRICT;

        CREATE TABLE segments (
            number INTEGER PRIMARY KEY,
            crc INTEGER NOT NULL,
            length INTEGER NOT NULL,
            root BLOB NOT NULL CHECK (length(root) = 32),
            first_recorded INTEGER NOT NULL,
            last_recorded INTEGER NOT NULL,
            run_crc INTEGER NOT NULL,
            run BLOB NOT NULL
        ) STRICT;

        CREATE TABLE checkpoints (
            size INTEGER PRIMARY KEY CHECK (size > 0),
            recorded INTEGER NOT NULL,
            note TEXT NOT NULL
        ) STRICT;

        CREATE TABLE sources (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE runs (
            source INTEGER NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL CHECK (last >= first),
            position INTEGER NOT NULL,
            PRIMARY KEY (source, first)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE subjects (
            name TEXT PRIMARY KEY,
            position INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE kinds (
            id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 255),
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE creations (
            first INTEGER PRIMARY KEY,
            kinds BLOB NOT NULL
        ) STRICT;

        CREATE TABLE rejections (
            number INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            counter INTEGER,
            recorded INTEGER NOT NULL,
            code TEXT NOT NULL,
            detail TEXT NOT NULL,
            bytes BLOB NOT NULL
        ) STRICT;

        CREATE INDEX rejections_by_identity ON rejections (source, counter);
        """

    private static let accessTables = """
        CREATE TABLE members (
            subject TEXT PRIMARY KEY,
            role TEXT NOT NULL,
            active INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE devices (
            subject TEXT PRIMARY KEY,
            member TEXT NOT NULL,
            revoked INTEGER NOT NULL,
            key BLOB
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE tokens (
            hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
            device TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE invites (
            hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
            role TEXT NOT NULL,
            member TEXT,
            expires INTEGER NOT NULL,
            used INTEGER
        ) STRICT, WITHOUT ROWID;
        """

    /// Used on laptops only.
    ///
    /// `outbox.state`: 0 pending, 1 accepted but not pulled yet, 2 refused. Format 6 has no such state.
    private static let replicaTables = """
        CREATE TABLE outbox (
            counter INTEGER PRIMARY KEY,
            state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),
            position INTEGER CHECK ((position IS NOT NULL) = (state = 1)),
            code TEXT CHECK ((code IS NOT NULL) = (state = 2)),
            detail TEXT,
            recorded INTEGER NOT NULL,
            event BLOB NOT NULL
        ) STRICT;

        CREATE INDEX outbox_by_state ON outbox (state, counter);

        CREATE TABLE replica (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// Used on laptops only: what is in the outbox is pending, or was refused.
    ///
    /// An event that a server had accepted and that is not in the verified log is pending: the server may have lost it.
    private static let outboxOfTwoStates = """
        CREATE TABLE outbox_of_two_states (
            counter INTEGER PRIMARY KEY,
            refused INTEGER NOT NULL DEFAULT 0 CHECK (refused BETWEEN 0 AND 1),
            code TEXT CHECK ((code IS NOT NULL) = refused),
            detail TEXT,
            recorded INTEGER NOT NULL,
            event BLOB NOT NULL
        ) STRICT;

        INSERT INTO outbox_of_two_states SELECT counter, state = 2, code, detail, recorded, event FROM outbox;
        DROP TABLE outbox;
        ALTER TABLE outbox_of_two_states RENAME TO outbox;

        CREATE INDEX outbox_by_verdict ON outbox (refused, counter);
        """

    /// Entries that were erased in their places: a row is written with `done` = 0, the entry is replaced, and then `done`
    /// is 1, all in one transaction.
    ///
    /// Only so may an entry change, and only its bytes: never its place, its time, or the root of its segment.
    private static let erasing = """
        CREATE TABLE erasures (
            position INTEGER PRIMARY KEY,
            redaction INTEGER NOT NULL CHECK (redaction > position),
            done INTEGER NOT NULL DEFAULT 0 CHECK (done BETWEEN 0 AND 1)
        ) STRICT;

        CREATE INDEX erasures_to_do ON erasures (position) WHERE done = 0;

        CREATE TRIGGER erasures_have_a_redaction BEFORE INSERT ON erasures
        WHEN NEW.done <> 0 OR NEW.redaction >= (SELECT coalesce(max(size), 0) FROM checkpoints)
        BEGIN SELECT RAISE(ABORT, 'an entry is erased by a later one of the log'); END;

        CREATE TRIGGER erasures_stay BEFORE UPDATE ON erasures
        WHEN NEW.position <> OLD.position OR NEW.redaction <> OLD.redaction OR NEW.done <= OLD.done
        BEGIN SELECT RAISE(ABORT, 'erasures are never changed'); END;

        CREATE TRIGGER erasures_are_kept BEFORE DELETE ON erasures
        BEGIN SELECT RAISE(ABORT, 'erasures are never deleted'); END;

        DROP TRIGGER commits_stay;
        CREATE TRIGGER commits_stay BEFORE UPDATE ON commits
        WHEN NEW.first <> OLD.first OR NEW.count <> OLD.count OR NEW.recorded <> OLD.recorded OR NOT EXISTS (
            SELECT 1 FROM erasures WHERE done = 0 AND position BETWEEN OLD.first AND OLD.first + OLD.count - 1
        )
        BEGIN SELECT RAISE(ABORT, 'entries are never changed, but where they are erased'); END;

        DROP TRIGGER segments_stay;
        CREATE TRIGGER segments_stay BEFORE UPDATE ON segments
        WHEN NEW.number <> OLD.number OR NEW.root <> OLD.root OR NEW.first_recorded <> OLD.first_recorded
            OR NEW.last_recorded <> OLD.last_recorded OR NOT EXISTS (
                SELECT 1 FROM erasures
                WHERE done = 0 AND position BETWEEN OLD.number * 256 AND OLD.number * 256 + 255
            )
        BEGIN SELECT RAISE(ABORT, 'segments are never changed, but where entries are erased'); END;
        """

    /// Rows that are believed without the entries they follow from have checks: see `CheckedTable`.
    ///
    /// `sources.last`: the greatest counter that the source has used; with it, a run is missed that nobody finds any more.
    private static let beforeRowChecks = """
        ALTER TABLE sources ADD COLUMN last INTEGER NOT NULL DEFAULT 0;
        UPDATE sources SET last = coalesce((SELECT max(last) FROM runs WHERE source = id), 0);

        DROP TRIGGER runs_only_grow;
        DROP TRIGGER subjects_stay;
        DROP TRIGGER creations_stay;
        """

    private static let afterRowChecks = """
        CREATE TRIGGER runs_only_grow BEFORE UPDATE ON runs
        WHEN NEW.source <> OLD.source OR NEW.first <> OLD.first OR NEW.position <> OLD.position
            OR NEW.last <= OLD.last
        BEGIN SELECT RAISE(ABORT, 'runs are only extended'); END;

        CREATE TRIGGER subjects_stay BEFORE UPDATE ON subjects
        BEGIN SELECT RAISE(ABORT, 'subjects are never changed'); END;

        CREATE TRIGGER creations_stay BEFORE UPDATE ON creations
        BEGIN SELECT RAISE(ABORT, 'subjects are never changed'); END;
        """

    /// Those that would be in the way; the others of the two tables that are made anew go with them.
    private static let beforeLogChecks = """
        DROP TRIGGER commits_go_when_sealed;
        DROP TRIGGER commits_stay;
        DROP TRIGGER segments_come_in_order;
        DROP TRIGGER segments_stay;
        DROP TRIGGER segments_are_kept;
        DROP TRIGGER checkpoints_stay;
        DROP TRIGGER checkpoints_go_when_sealed;
        """

    /// The check stands before the entries, so that it is read without them.
    private static let commitsWithChecks = """
        CREATE TABLE commits_with_checks (
            first INTEGER PRIMARY KEY,
            count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 256 AND first / 256 = (first + count - 1) / 256),
            recorded INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            row_crc INTEGER NOT NULL,
            entries BLOB NOT NULL
        ) STRICT;

        INSERT INTO commits_with_checks
        SELECT first, count, recorded, crc, \(CheckedTable.commits.check()), entries FROM commits ORDER BY first;
        DROP TABLE commits;
        ALTER TABLE commits_with_checks RENAME TO commits;
        """

    private static let segmentsWithChecks = """
        CREATE TABLE segments_with_checks (
            number INTEGER PRIMARY KEY,
            crc INTEGER NOT NULL,
            length INTEGER NOT NULL,
            root BLOB NOT NULL CHECK (length(root) = 32),
            first_recorded INTEGER NOT NULL,
            last_recorded INTEGER NOT NULL,
            run_crc INTEGER NOT NULL,
            row_crc INTEGER NOT NULL,
            run BLOB NOT NULL
        ) STRICT;

        INSERT INTO segments_with_checks
        SELECT number, crc, length, root, first_recorded, last_recorded, run_crc, \(CheckedTable.segments.check()), run
        FROM segments ORDER BY number;
        DROP TABLE segments;
        ALTER TABLE segments_with_checks RENAME TO segments;
        """

    /// The triggers as they were.
    private static let afterLogChecks = """
        CREATE TRIGGER commits_stay BEFORE UPDATE ON commits
        WHEN NEW.first <> OLD.first OR NEW.count <> OLD.count OR NEW.recorded <> OLD.recorded OR NOT EXISTS (
            SELECT 1 FROM erasures WHERE done = 0 AND position BETWEEN OLD.first AND OLD.first + OLD.count - 1
        )
        BEGIN SELECT RAISE(ABORT, 'entries are never changed, but where they are erased'); END;

        \(commitsGoWhenSealed)

        \(segmentsComeInOrder)

        CREATE TRIGGER segments_stay BEFORE UPDATE ON segments
        WHEN NEW.number <> OLD.number OR NEW.root <> OLD.root OR NEW.first_recorded <> OLD.first_recorded
            OR NEW.last_recorded <> OLD.last_recorded OR NOT EXISTS (
                SELECT 1 FROM erasures
                WHERE done = 0 AND position BETWEEN OLD.number * 256 AND OLD.number * 256 + 255
            )
        BEGIN SELECT RAISE(ABORT, 'segments are never changed, but where entries are erased'); END;

        \(segmentsAreKept)

        \(checkpointsStay)

        \(checkpointsGoWhenSealed)
        """

    // Rules that a step has made anew are word for word those of before.

    private static let commitsGoWhenSealed = """
        CREATE TRIGGER commits_go_when_sealed BEFORE DELETE ON commits
        WHEN NOT EXISTS (SELECT 1 FROM segments WHERE number = OLD.first / 256)
            OR (OLD.first / 256 + 1) * 256 > (SELECT coalesce(max(size), 0) FROM checkpoints)
        BEGIN SELECT RAISE(ABORT, 'entries that are not sealed are never deleted'); END;
        """

    private static let segmentsComeInOrder = """
        CREATE TRIGGER segments_come_in_order BEFORE INSERT ON segments
        WHEN NEW.number <> (SELECT coalesce(max(number), -1) + 1 FROM segments)
        BEGIN SELECT RAISE(ABORT, 'segments are added one after the other'); END;
        """

    private static let segmentsAreKept = """
        CREATE TRIGGER segments_are_kept BEFORE DELETE ON segments
        WHEN (OLD.number + 1) * 256 <= (SELECT coalesce(max(size), 0) FROM checkpoints)
        BEGIN SELECT RAISE(ABORT, 'segments of the log are never deleted'); END;
        """

    private static let checkpointsStay = """
        CREATE TRIGGER checkpoints_stay BEFORE UPDATE ON checkpoints
        BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END;
        """

    private static let checkpointsGoWhenSealed = """
        CREATE TRIGGER checkpoints_go_when_sealed BEFORE DELETE ON checkpoints
        WHEN NOT EXISTS (SELECT 1 FROM segments WHERE number = (OLD.size - 1) / 256)
            OR NOT EXISTS (
                SELECT 1 FROM checkpoints
                WHERE size > OLD.size AND size <= ((OLD.size - 1) / 256 + 1) * 256
            )
        BEGIN SELECT RAISE(ABORT, 'the last checkpoint of a segment is never deleted'); END;
        """

    /// What is in the log stays as it is, whoever opens the file.
    private static let logRules = """
        CREATE TRIGGER commits_stay BEFORE UPDATE ON commits
        BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;

        \(commitsGoWhenSealed)

        \(segmentsComeInOrder)

        CREATE TRIGGER segments_stay BEFORE UPDATE ON segments
        BEGIN SELECT RAISE(ABORT, 'segments are never changed'); END;

        \(segmentsAreKept)

        CREATE TRIGGER checkpoints_grow BEFORE INSERT ON checkpoints
        WHEN NEW.size <= (SELECT coalesce(max(size), 0) FROM checkpoints)
        BEGIN SELECT RAISE(ABORT, 'a checkpoint is greater than those before it'); END;

        \(checkpointsStay)

        \(checkpointsGoWhenSealed)

        CREATE TRIGGER runs_only_grow BEFORE UPDATE ON runs
        WHEN NEW.source <> OLD.source OR NEW.first <> OLD.first OR NEW.position <> OLD.position
            OR NEW.last <= OLD.last
        BEGIN SELECT RAISE(ABORT, 'runs are only extended'); END;

        CREATE TRIGGER runs_are_kept BEFORE DELETE ON runs
        BEGIN SELECT RAISE(ABORT, 'runs are never deleted'); END;

        CREATE TRIGGER subjects_stay BEFORE UPDATE ON subjects
        BEGIN SELECT RAISE(ABORT, 'subjects are never changed'); END;

        CREATE TRIGGER subjects_are_kept BEFORE DELETE ON subjects
        BEGIN SELECT RAISE(ABORT, 'subjects are never deleted'); END;

        CREATE TRIGGER creations_stay BEFORE UPDATE ON creations
        BEGIN SELECT RAISE(ABORT, 'subjects are never changed'); END;

        CREATE TRIGGER creations_are_kept BEFORE DELETE ON creations
        BEGIN SELECT RAISE(ABORT, 'subjects are never deleted'); END;

        \(rejectionsStay)

        CREATE TRIGGER rejections_are_kept BEFORE DELETE ON rejections
        BEGIN SELECT RAISE(ABORT, 'rejections are never deleted'); END;
        """

    private static let rejectionsStay = """
        CREATE TRIGGER rejections_stay BEFORE UPDATE ON rejections
        BEGIN SELECT RAISE(ABORT, 'rejections are never changed'); END;
        """
}
