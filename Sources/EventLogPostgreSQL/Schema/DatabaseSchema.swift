/// The tables of a database of agendas.
///
/// No statement crosses agendas, so a shard may hold any of them. As in a file of SQLite nothing is stored per event, and
/// triggers refuse to change what is in a log, whoever asks.
enum DatabaseSchema {
    /// Kept in the table `ambit`.
    static let version = 1

    /// Makes all of it in a database that has none of it; one process at a time, by a lock that only this needs.
    static var making: Statement {
        let all = (tables + DatabaseRules.statements).map { "\($0);" }.joined(separator: "\n")
        return Statement(
            """
            DO $making$
            BEGIN
                PERFORM pg_advisory_xact_lock(\(0x416D_6274));
                IF NOT EXISTS (
                    SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = 'ambit'
                ) THEN
                    \(all)
                    INSERT INTO ambit (version) VALUES (\(version));
                END IF;
            END $making$
            """
        )
    }

    /// The version of what a database has.
    static let selectVersion = Statement("SELECT max(version) FROM ambit")

    /// `agendas` has a row for each log: the one thing that a commit compares and locks.
    ///
    /// `turn` is drawn by each commit, and says to its other statements that the comparison held. `changes` counts whatever
    /// changes the log or how it is kept. `fence` is written when nobody knows what became of a commit.
    ///
    /// `creations` says of the entries from `first` on which kind of subject each created. It has a byte for each: a
    /// number from 1 on in the list `kinds`, or 0. Blobs are stored as they are: a segment has been compressed.
    private static let tables = [
        "CREATE TABLE ambit (version bigint NOT NULL)",
        """
        CREATE TABLE agendas (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text NOT NULL UNIQUE,
            origin text NOT NULL,
            verifier text NOT NULL,
            size bigint NOT NULL DEFAULT 0,
            recorded bigint,
            note text,
            sealed bigint NOT NULL DEFAULT 0 CHECK (sealed * 256 <= size),
            erasures bigint NOT NULL DEFAULT 0,
            openness text NOT NULL DEFAULT 'members',
            access_version bigint NOT NULL DEFAULT 0,
            changes bigint NOT NULL DEFAULT 0,
            turn bigint NOT NULL DEFAULT 0,
            fence bigint NOT NULL DEFAULT 0,
            moved text,
            CHECK ((size = 0) = (note IS NULL) AND (size = 0) = (recorded IS NULL))
        )
        """,
        """
        CREATE TABLE commits (
            agenda bigint NOT NULL REFERENCES agendas,
            first bigint NOT NULL,
            count bigint NOT NULL CHECK (count BETWEEN 1 AND 256 AND first / 256 = (first + count - 1) / 256),
            recorded bigint NOT NULL,
            crc bigint NOT NULL,
            entries bytea NOT NULL,
            PRIMARY KEY (agenda, first)
        )
        """,
        "ALTER TABLE commits ALTER COLUMN entries SET STORAGE EXTERNAL",
        """
        CREATE TABLE segments (
            agenda bigint NOT NULL REFERENCES agendas,
            number bigint NOT NULL,
            crc bigint NOT NULL,
            length bigint NOT NULL,
            root bytea NOT NULL CHECK (length(root) = 32),
            first_recorded bigint NOT NULL,
            last_recorded bigint NOT NULL,
            run_crc bigint NOT NULL,
            run bytea NOT NULL,
            PRIMARY KEY (agenda, number)
        )
        """,
        "ALTER TABLE segments ALTER COLUMN run SET STORAGE EXTERNAL",
        "CREATE INDEX segments_by_time ON segments (agenda, last_recorded, number)",
        """
        CREATE TABLE checkpoints (
            agenda bigint NOT NULL REFERENCES agendas,
            size bigint NOT NULL CHECK (size > 0),
            recorded bigint NOT NULL,
            note text NOT NULL,
            PRIMARY KEY (agenda, size)
        )
        """,
        """
        CREATE TABLE runs (
            agenda bigint NOT NULL REFERENCES agendas,
            source text NOT NULL,
            first bigint NOT NULL,
            last bigint NOT NULL CHECK (last >= first),
            position bigint NOT NULL,
            PRIMARY KEY (agenda, source, first)
        )
        """,
        """
        CREATE TABLE subjects (
            agenda bigint NOT NULL REFERENCES agendas,
            name text NOT NULL,
            position bigint NOT NULL,
            PRIMARY KEY (agenda, name)
        )
        """,
        """
        CREATE TABLE creations (
            agenda bigint NOT NULL REFERENCES agendas,
            first bigint NOT NULL,
            kinds text NOT NULL,
            numbers bytea NOT NULL,
            PRIMARY KEY (agenda, first)
        )
        """,
        """
        CREATE TABLE rejections (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            agenda bigint NOT NULL REFERENCES agendas,
            source text NOT NULL,
            counter bigint,
            recorded bigint NOT NULL,
            code text NOT NULL,
            detail text NOT NULL,
            bytes bytea NOT NULL,
            length bigint,
            hash bytea CHECK (length(hash) = 32)
        )
        """,
        "CREATE INDEX rejections_by_number ON rejections (agenda, number)",
        "CREATE INDEX rejections_by_identity ON rejections (agenda, source, counter)",
        """
        CREATE TABLE erasures (
            agenda bigint NOT NULL REFERENCES agendas,
            position bigint NOT NULL,
            redaction bigint NOT NULL CHECK (redaction > position),
            done boolean NOT NULL DEFAULT false,
            PRIMARY KEY (agenda, position)
        )
        """,
        """
        CREATE TABLE members (
            agenda bigint NOT NULL REFERENCES agendas,
            subject text NOT NULL,
            role text NOT NULL,
            active boolean NOT NULL,
            PRIMARY KEY (agenda, subject)
        )
        """,
        """
        CREATE TABLE devices (
            agenda bigint NOT NULL REFERENCES agendas,
            subject text NOT NULL,
            member text NOT NULL,
            revoked boolean NOT NULL,
            key bytea,
            continues text,
            signed bigint NOT NULL,
            expires text,
            limited boolean NOT NULL,
            PRIMARY KEY (agenda, subject)
        )
        """,
        """
        CREATE TABLE tokens (
            agenda bigint NOT NULL REFERENCES agendas,
            hash bytea NOT NULL CHECK (length(hash) = 32),
            device text NOT NULL,
            PRIMARY KEY (agenda, hash)
        )
        """,
        """
        CREATE TABLE invites (
            agenda bigint NOT NULL REFERENCES agendas,
            hash bytea NOT NULL CHECK (length(hash) = 32),
            role text NOT NULL,
            member text,
            expires bigint NOT NULL,
            used bigint,
            device text,
            PRIMARY KEY (agenda, hash)
        )
        """,
    ]
}
