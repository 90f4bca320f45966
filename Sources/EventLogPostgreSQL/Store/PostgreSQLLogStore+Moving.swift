internal import EventLog

extension PostgreSQLLogStore: MovableLogStore {
    package func destination() throws -> String? {
        try reading([statement("SELECT moved FROM agendas WHERE id = $1")]) { rows in
            guard let row = rows[0].first else { throw notFound }
            return row.optionalText(0)
        }
    }

    package func leave(for destination: String) throws {
        let leave = statement(
            "UPDATE agendas SET moved = $2, changes = changes + 1 WHERE id = $1 AND moved IS NULL RETURNING id",
            [.text(destination)]
        )
        try writing([leave]) { if $0[0].isEmpty { throw moved } }
    }
}
