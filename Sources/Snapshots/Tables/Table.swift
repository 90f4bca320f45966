internal import AgendaModel

/// A table that snapshots have: the same in every format.
package struct Table: Hashable, Sendable {
    /// What its rows are.
    enum Rows: Hashable, Sendable {
        /// One for each subject of a kind.
        case subjects(kind: String)
        /// One for each member of a map in the documents of a kind.
        case members(kind: String, field: String)
        /// One for each value of a conflict that is open.
        case conflicts
        /// One for each field that an event changed.
        case changes
        /// One, about the snapshot itself.
        case export
    }

    /// In lower case, with underscores.
    package var name: String
    /// One sentence in English.
    package var meaning: String
    package var columns: [Column]
    /// The columns that together name a row.
    package var key: [String]
    /// Whether it may be given to everybody: no people and nothing that they wrote in their own words.
    package var isPublic: Bool
    var rows: Rows

    /// The columns that name subjects of a table, which is another than this one.
    package var references: [Column] {
        columns.filter { column in column.references.map { $0 != name } ?? false }
    }
}

// MARK: - All of them

extension Table {
    /// The number of this set of tables: grows when a table or a column changes its meaning or goes.
    package static let schemaVersion = 1

    /// All tables, in an order in which references lead to tables named before or to those of other kinds.
    package static let all: [Table] = [export] + Catalogue.current.kinds.flatMap(tables) + [conflicts, changes]

    /// The tables of a set, in the same order.
    package static func tables(for set: SnapshotSet) -> [Table] {
        switch set {
        case .members: all
        case .everybody: open
        }
    }

    /// Those that everybody may have, without what names rows of others.
    private static let open: [Table] = {
        let shown = all.filter(\.isPublic)
        let names = Set(shown.map(\.name))
        return shown.map { table in
            var table = table
            table.columns.removeAll { column in
                !column.isPublic || column.references.map { !names.contains($0) } ?? false
            }
            return table
        }
    }()

    /// The kinds that are records of what happened to the log, and no part of the agenda.
    private static let recordsOfTheLog: Set = ["entry", "loss"]
    /// The kinds whose subjects are people or their devices.
    private static let people: Set = ["member", "device"]

    private static func tables(of kind: Catalogue.Kind) -> [Table] {
        guard !recordsOfTheLog.contains(kind.name) else { return [] }
        let isPublic = !people.contains(kind.name) && !kind.fields.contains(where: \.isPersonal)
        var columns = [Column.subject] + kind.fields.flatMap { Column.columns(for: $0) }
        if kind.name == "measurement" { columns.append(.valuePosition) }
        let own = Table(
            name: kind.name,
            meaning: "One row for each \(kind.name) of the agenda.",
            columns: columns,
            key: ["subject"],
            isPublic: isPublic,
            rows: .subjects(kind: kind.name)
        )
        return [own] + kind.fields.compactMap { mapTable(for: $0, of: kind, isPublic: isPublic) }
    }

    private static func mapTable(for field: Catalogue.Field, of kind: Catalogue.Kind, isPublic: Bool) -> Table? {
        guard case .map(let key, let value) = field.form else { return nil }
        let columns: [Column] =
            switch value {
            case .object(let fields): fields.flatMap { Column.columns(for: $0) }
            case .present: []
            default: [Column("role", .text, "What its part is, in words.")]
            }
        let name = String(field.name.last == "s" ? field.name.dropLast() : field.name[...])
        return Table(
            name: "\(kind.name)_\(name)",
            meaning: field.meaning,
            columns: [
                Column("subject", .text, "The \(kind.name).", references: kind.name),
                Column(key, .text, "The \(key).", references: key),
            ] + columns,
            key: ["subject", key],
            isPublic: isPublic,
            rows: .members(kind: kind.name, field: field.name)
        )
    }

    static let export = Table(
        name: "export",
        meaning: "One row about the snapshot itself.",
        columns: [
            Column("subject", .text, "The agenda."),
            Column("origin", .text, "The name of the log, as its checkpoints have it."),
            Column("size", .integer, "How many entries of the log the snapshot is made of."),
            Column("moment", .moment, "When the last of these entries was recorded."),
            Column("root", .text, "The root of the log's Merkle tree at that size, base64.", isPublic: false),
            Column("digest", .text, "SHA-256 over all documents, hexadecimal.", isPublic: false),
            Column("erasures", .integer, "How many of these entries had been erased."),
        ],
        key: ["size"],
        isPublic: true,
        rows: .export
    )

    static let conflicts = Table(
        name: "open_conflict",
        meaning: "One row for each value of a field that people changed without knowing of each other.",
        columns: [
            Column.subject,
            Column("path", .text, "The field, as a JSON Pointer (RFC 6901)."),
            Column("rank", .integer, "1 for the value that is shown, 2 and more for the others."),
            Column("value", .text, "The value as JSON; empty when it was removed."),
            Column("author", .text, "The member who wrote it, or the device when that is unknown."),
            Column("position", .integer, "The entry that wrote it."),
        ],
        key: ["subject", "path", "rank"],
        isPublic: false,
        rows: .conflicts
    )

    static let changes = Table(
        name: "change",
        meaning: "One row for each field that an event changed.",
        columns: [
            Column("position", .integer, "The entry, counted from 0."),
            Column("recorded", .moment, "When the server recorded it."),
            Column("device_time", .moment, "What the device's clock said."),
            Column("member", .text, "Who wrote it."),
            Column("device", .text, "On which device, or the server."),
            Column.subject,
            Column("type", .text, "What happened."),
            Column("path", .text, "The field, as a JSON Pointer (RFC 6901)."),
            Column("before", .text, "What was shown before, as JSON; empty for nothing, or what was erased."),
            Column("after", .text, "What was shown after, as JSON; empty for nothing, or what was erased."),
        ],
        key: ["position", "path"],
        isPublic: false,
        rows: .changes
    )
}

extension Column {
    static let subject = Column("subject", .text, "What the row is about, as `kind/id`.")
    /// Of two measurements on the latest day, the one that counts is the one whose value was recorded last.
    static let valuePosition = Column("value_position", .integer, "The entry that wrote the value.")
}
