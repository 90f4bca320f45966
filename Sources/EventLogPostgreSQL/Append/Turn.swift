internal import AgendaModel
internal import Deflate
internal import EventLog

/// One transaction's hold on a log: a number that it draws into the log's row when the log is as it has to be.
///
/// Its other statements do nothing where the number is another one. So all of them are sent at once, and a conflict is no
/// error.
struct Turn {
    let number = Int.random(in: .min ... .max)
    private let id: Int

    init(of store: PostgreSQLLogStore) { id = store.id }

    /// A statement of which nothing comes unless the turn was taken.
    ///
    /// - Parameters:
    ///   - sql: with `<turn>` for the condition; `$1` is the log, `$2` the turn.
    ///   - parameters: from `$3` on.
    /// - Returns: the statement.
    func statement(_ sql: String, _ parameters: [Parameter]) -> Statement {
        Statement(
            sql.replacing("<turn>", with: "EXISTS (SELECT 1 FROM agendas WHERE id = $1 AND turn = $2)"),
            [.integer(id), .integer(number)] + parameters
        )
    }

    /// Keeps a segment in the place of the tail's rows, and its last checkpoint alone.
    func seal(_ segment: Segment) -> [Statement] {
        let number = Parameter.integer(segment.number)
        return [
            statement(
                """
                INSERT INTO segments (agenda, number, crc, length, root, first_recorded, last_recorded, run_crc, run)
                SELECT $1, $3, $4, $5, $6, $7, $8, $9, $10 WHERE <turn>
                """,
                [
                    number, .integer(Int(segment.crc.rawValue)), .integer(segment.length), .bytes(segment.root.bytes),
                    .integer(segment.firstRecorded.millisecondsSince1970),
                    .integer(segment.lastRecorded.millisecondsSince1970),
                    .integer(Int(segment.runCRC.rawValue)), .bytes(segment.run),
                ]
            ),
            statement(
                "DELETE FROM commits WHERE agenda = $1 AND first BETWEEN $3 * 256 AND $3 * 256 + 255 AND <turn>",
                [number]
            ),
            statement(
                """
                DELETE FROM checkpoints WHERE agenda = $1 AND size > $3 * 256 AND size < (
                    SELECT max(size) FROM checkpoints
                    WHERE agenda = $1 AND size > $3 * 256 AND size <= $3 * 256 + 256
                ) AND <turn>
                """,
                [number]
            ),
        ]
    }
}

extension Segment {
    /// Of the run as it is stored.
    var runCRC: CRC32 { run.withUnsafeBufferPointer { CRC32(of: $0) } }
}
