extension Table {
    /// The statement that makes the table.
    ///
    /// With row ids: DuckDB reads no table without.
    var creation: String {
        let names = Set(Table.all.map(\.name))
        let columns = columns.map { column in
            let needs = key.contains(column.name) ? " NOT NULL" : ""
            let isOneOf = column.form == .boolean ? " CHECK (\(column.name.quoted) IN (0, 1))" : ""
            return "\(column.name.quoted) \(column.form.sqlite)\(needs)\(isOneOf)"
        }
        let keys = references.compactMap { column in
            column.references.flatMap { names.contains($0) ? $0 : nil }.map { target in
                "FOREIGN KEY (\(column.name.quoted)) REFERENCES \(target.quoted) (\"subject\")"
            }
        }
        let primary = "PRIMARY KEY (\(key.map(\.quoted).joined(separator: ", ")))"
        let lines = (columns + [primary] + keys).joined(separator: ",\n    ")
        return "CREATE TABLE \(name.quoted) (\n    \(lines)\n) STRICT"
    }

    /// The statements that make its indexes: one for each column that names rows of another table, and for subjects.
    var indexes: [String] {
        var names = references.map(\.name)
        if columns.contains(.subject) { names.append("subject") }
        return names.filter { $0 != key.first }.map { column in
            "CREATE INDEX \("\(name)_by_\(column)".quoted) ON \(name.quoted) (\(column.quoted))"
        }
    }
}

extension String {
    /// As a name in SQL.
    var quoted: String { "\"\(self)\"" }
}

extension Column.Form {
    fileprivate var sqlite: String {
        switch self {
        case .text, .date, .moment: "TEXT"
        case .number: "REAL"
        case .integer, .boolean: "INTEGER"
        }
    }
}
