internal import AgendaModel
internal import Deflate
internal import EventLog

/// The statements of one commit, between BEGIN and COMMIT.
///
/// The log's row is locked first, so that the comparison sees what the commit before it has left.
struct AppendStatements {
    /// Where the comparison stands in `all`.
    static let judgement = 1

    private let addition: LogAddition
    private let preparation: Preparation
    private let store: PostgreSQLLogStore
    private let turn: Turn

    init(of addition: LogAddition, _ preparation: Preparation, in store: PostgreSQLLogStore) {
        self.addition = addition
        self.preparation = preparation
        self.store = store
        turn = Turn(of: store)
    }

    var all: [Statement] {
        let start = [store.lock, comparison]
        guard addition.fault == nil else { return start }
        let commit = addition.commit
        return start + preparation.rows.map(insert) + (commit.checkpoint.map { [insert($0)] } ?? [])
            + preparation.sealed.flatMap(turn.seal) + runs + subjects + commit.rejections.map(insert)
            + commit.access.map(apply) + erasing
    }

    private var comparison: Statement {
        let commit = addition.commit
        let spending = commit.rejections.filter(\.spendsIdentity)
        return store.statement(
            Self.comparisonText,
            [
                .integer(turn.number), .integer(addition.expected.rawValue), .bool(commit.isRepair),
                .integer(preparation.changes), .bool(addition.fault != nil), .integer(commit.count),
                .integer(commit.recordedTime.millisecondsSince1970), .integer(commit.sealed.first?.number),
                .texts(addition.firstRuns.map(\.source.rawValue)), .integers(addition.firstRuns.map(\.first.rawValue)),
                .texts(spending.map(\.source.rawValue)), .integers(spending.compactMap(\.counter?.rawValue)),
                .bytesList(addition.usedInvites.map(\.bytes)), .texts(addition.subjects.given.map(\.name)),
                .integer(commit.sealed.last.map { $0.number + 1 }), .text(commit.checkpoint?.note),
                .integer(preparation.erasures.count),
                .integer(commit.isRepair ? Int.random(in: 1..<1 << 31) << 20 : nil), .integer(commit.access.count),
            ]
        )
    }

    /// Whether the log is as the commit expects, in words; if so, the row is the commit's from here on.
    private static let comparisonText = """
        WITH compared AS (
            SELECT size, CASE
                WHEN moved IS NOT NULL THEN 'moved'
                WHEN size <> $3 THEN 'conflict'
                WHEN NOT $4 AND (
                    EXISTS (
                        SELECT 1 FROM unnest($10, $11) AS run (source, first)
                        WHERE run.first <= (
                            SELECT max(counter) FROM rejections WHERE agenda = $1 AND rejections.source = run.source
                        )
                    ) OR EXISTS (
                        SELECT 1 FROM unnest($12, $13) AS spent (source, counter)
                        JOIN rejections ON rejections.agenda = $1 AND rejections.source = spent.source
                            AND rejections.counter = spent.counter
                    ) OR EXISTS (
                        SELECT 1 FROM unnest($14) AS wanted (hash) WHERE NOT EXISTS (
                            SELECT 1 FROM invites
                            WHERE agenda = $1 AND invites.hash = wanted.hash AND invites.used IS NULL
                        )
                    )
                ) THEN 'conflict'
                WHEN changes <> $5 THEN 'changed'
                WHEN $6 THEN 'malformed'
                WHEN $7 > 0 AND recorded > $8 THEN 'time'
                WHEN sealed <> $9 THEN 'sealed'
                WHEN EXISTS (
                    SELECT 1 FROM unnest($10, $11) AS run (source, first)
                    WHERE run.first <= (
                        SELECT last FROM runs WHERE agenda = $1 AND runs.source = run.source
                        ORDER BY runs.first DESC LIMIT 1
                    )
                ) THEN 'runs'
                WHEN EXISTS (SELECT 1 FROM subjects WHERE agenda = $1 AND name = ANY($15)) THEN 'subjects'
                ELSE 'free'
            END AS word
            FROM agendas WHERE id = $1
        ), taken AS (
            UPDATE agendas SET
                turn = $2, changes = changes + 1, size = size + $7,
                recorded = CASE WHEN $7 > 0 THEN $8 ELSE recorded END, note = coalesce($17, note),
                sealed = coalesce($16, sealed), erasures = coalesce($19, erasures) + $18,
                access_version = access_version + $20
            WHERE id = $1 AND (SELECT word FROM compared) = 'free'
        )
        SELECT size, word FROM compared
        """

    private func insert(_ row: TailRow) -> Statement {
        turn.statement(
            """
            INSERT INTO commits (agenda, first, count, recorded, crc, entries) SELECT $1, $3, $4, $5, $6, $7 WHERE <turn>
            """,
            [
                .integer(row.first.rawValue), .integer(row.count), .integer(row.recorded.millisecondsSince1970),
                .integer(Int(row.crc.rawValue)), .bytes(row.entries),
            ]
        )
    }

    private func insert(_ checkpoint: SignedCheckpoint) -> Statement {
        turn.statement(
            "INSERT INTO checkpoints (agenda, size, recorded, note) SELECT $1, $3, $4, $5 WHERE <turn>",
            [
                .integer(checkpoint.checkpoint.size.rawValue),
                .integer(addition.commit.recordedTime.millisecondsSince1970), .text(checkpoint.note),
            ]
        )
    }
}

// MARK: - Beside the entries

extension AppendStatements {
    private var runs: [Statement] {
        let runs = addition.runs
        guard !runs.isEmpty else { return [] }
        let parameters: [Parameter] = [
            .texts(runs.map(\.source.rawValue)), .integers(runs.map(\.first.rawValue)),
            .integers(runs.map(\.last.rawValue)), .integers(runs.map(\.position.rawValue)),
        ]
        return [
            turn.statement(
                """
                UPDATE runs SET last = added.last
                FROM unnest($3, $4, $5, $6) AS added (source, first, last, position)
                WHERE runs.agenda = $1 AND runs.source = added.source AND runs.first = (
                    SELECT max(known.first) FROM runs AS known WHERE known.agenda = $1 AND known.source = added.source
                ) AND runs.last = added.first - 1 AND runs.position + runs.last - runs.first + 1 = added.position AND <turn>
                """,
                parameters
            ),
            turn.statement(
                """
                INSERT INTO runs (agenda, source, first, last, position)
                SELECT $1, added.source, added.first, added.last, added.position
                FROM unnest($3, $4, $5, $6) AS added (source, first, last, position)
                WHERE added.first > coalesce((
                    SELECT known.last FROM runs AS known WHERE known.agenda = $1 AND known.source = added.source
                    ORDER BY known.first DESC LIMIT 1
                ), 0) AND <turn>
                """,
                parameters
            ),
        ]
    }

    private var subjects: [Statement] {
        addition.subjects.stretches.map { stretch in
            turn.statement(
                "INSERT INTO creations (agenda, first, kinds, numbers) SELECT $1, $3, $4, $5 WHERE <turn>",
                [.integer(stretch.first.rawValue), .text(stretch.kindsText), .bytes(stretch.numbers)]
            )
        }
            + addition.subjects.given.map { subject in
                turn.statement(
                    "INSERT INTO subjects (agenda, name, position) SELECT $1, $3, $4 WHERE <turn>",
                    [.text(subject.name), .integer(subject.position.rawValue)]
                )
            }
    }

    private func insert(_ rejection: Rejection) -> Statement {
        turn.statement(
            """
            INSERT INTO rejections (agenda, source, counter, recorded, code, detail, bytes, length, hash)
            SELECT $1, $3, $4, $5, $6, $7, $8, $9, $10 WHERE <turn>
            """,
            [
                .text(rejection.source.rawValue), .integer(rejection.counter?.rawValue),
                .integer(rejection.recordedTime.millisecondsSince1970), .text(rejection.problem.code.rawValue),
                // PostgreSQL keeps no NUL in a text.
                .text(rejection.problem.detail.replacing("\0", with: "\u{FFFD}")), .bytes(rejection.bytes),
                .integer(rejection.line?.length), .bytes(rejection.line?.hash.bytes),
            ]
        )
    }

    private func apply(_ change: AccessChange) -> Statement {
        switch change {
        case .member(let subject, let role, let isActive):
            turn.statement(
                """
                INSERT INTO members (agenda, subject, role, active) SELECT $1, $3, $4, $5 WHERE <turn>
                ON CONFLICT (agenda, subject) DO UPDATE SET role = excluded.role, active = excluded.active
                """,
                [.text(subject.rawValue), .text(role.rawValue), .bool(isActive)]
            )
        case .device(let subject, let device):
            turn.statement(
                """
                INSERT INTO devices (agenda, subject, member, revoked, key, continues, signed, expires, limited)
                SELECT $1, $3, $4, $5, $6, $7, $8, $9, $10 WHERE <turn>
                ON CONFLICT (agenda, subject) DO UPDATE SET member = excluded.member, revoked = excluded.revoked,
                    key = excluded.key, continues = excluded.continues, signed = excluded.signed,
                    expires = excluded.expires, limited = excluded.limited
                """,
                [
                    .text(subject.rawValue), .text(device.member.rawValue), .bool(device.isRevoked), .bytes(device.key),
                    .text(device.continues?.rawValue), .integer(device.signedThrough.rawValue),
                    .text(device.limits.expires), .bool(device.limits.readsPublicOnly),
                ]
            )
        case .token(let hash, let device):
            turn.statement(
                """
                INSERT INTO tokens (agenda, hash, device) SELECT $1, $3, $4 WHERE <turn>
                ON CONFLICT (agenda, hash) DO UPDATE SET device = excluded.device
                """,
                [.bytes(hash.bytes), .text(device.rawValue)]
            )
        case .tokenEnded(let hash):
            turn.statement("DELETE FROM tokens WHERE agenda = $1 AND hash = $3 AND <turn>", [.bytes(hash.bytes)])
        case .inviteMade(let invite): turn.statement("\(Invite.insertion) WHERE <turn>", invite.parameters)
        case .inviteUsed(let hash, let time):
            turn.statement(
                "UPDATE invites SET used = $4 WHERE agenda = $1 AND hash = $3 AND <turn>",
                [.bytes(hash.bytes), .integer(time.millisecondsSince1970)]
            )
        }
    }

    /// The rules let an entry change only while it is said to be erased.
    private var erasing: [Statement] {
        let erasures = preparation.erasures
        guard !erasures.isEmpty else { return [] }
        let begin = turn.statement(
            """
            INSERT INTO erasures (agenda, position, redaction)
            SELECT $1, position, redaction FROM unnest($3, $4) AS erased (position, redaction) WHERE <turn>
            """,
            [.integers(erasures.map(\.position.rawValue)), .integers(erasures.map(\.redaction.rawValue))]
        )
        let segments = preparation.segments.map { segment in
            turn.statement(
                """
                UPDATE segments SET crc = $4, length = $5, run_crc = $6, run = $7
                WHERE agenda = $1 AND number = $3 AND <turn>
                """,
                [
                    .integer(segment.number), .integer(Int(segment.crc.rawValue)), .integer(segment.length),
                    .integer(Int(segment.runCRC.rawValue)), .bytes(segment.run),
                ]
            )
        }
        let tail = preparation.tail.map { row in
            turn.statement(
                "UPDATE commits SET crc = $4, entries = $5 WHERE agenda = $1 AND first = $3 AND <turn>",
                [.integer(row.first.rawValue), .integer(Int(row.crc.rawValue)), .bytes(row.entries)]
            )
        }
        let end = turn.statement("UPDATE erasures SET done = true WHERE agenda = $1 AND NOT done AND <turn>", [])
        return [begin] + segments + tail + [end]
    }
}
