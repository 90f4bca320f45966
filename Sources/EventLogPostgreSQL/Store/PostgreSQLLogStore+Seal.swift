internal import AgendaModel
package import EventLog

extension PostgreSQLLogStore {
    /// Not waited for by itself: a seal that a power cut undoes is made again from the tail.
    package func seal(_ segment: Segment) throws {
        for _ in 0..<Self.maximumAttempts {
            let head = statement("SELECT size, sealed, changes FROM agendas WHERE id = $1")
            let changes = try reading([head, selectTail(of: segment.number)]) { rows in
                guard let head = rows[0].first else { throw notFound }
                guard segment.number == (try head.integer(1)) else {
                    throw LogError(.malformed, "segment \(segment.number) is not the next one to be sealed")
                }
                guard segment.number < LogSize(try head.integer(0)).wholeSegments else {
                    throw LogError(.malformed, "segment \(segment.number) has entries that the log does not have yet")
                }
                var sum = SegmentSum(of: segment.number)
                for row in rows[1] { try sum.add(row) }
                try sum.check(segment)
                return try head.integer(2)
            }
            if try replaceTail(by: segment, at: changes) { return }
        }
        throw LogError(.inputOutput, "the log kept changing while a segment was sealed; try again")
    }

    /// - Returns: false when something has changed since the tail was read.
    private func replaceTail(by segment: Segment, at changes: Int) throws -> Bool {
        let turn = Turn(of: self)
        let take = statement(
            """
            UPDATE agendas SET turn = $2, changes = changes + 1, sealed = sealed + 1
            WHERE id = $1 AND changes = $3 AND moved IS NULL RETURNING id
            """,
            [.integer(turn.number), .integer(changes)]
        )
        let relaxed = Statement("SET LOCAL synchronous_commit = off")
        let statements = [relaxed, lock, take] + turn.seal(segment)
        return try writing(statements) { !$0[2].isEmpty }
    }
}
