internal import AgendaModel

/// What the files of `tables.zip` hold, as `datapackage.json` has it.
struct DataPackage {
    let json: JSONValue

    init(_ files: [(table: Table, file: ZipWriter.File)]) {
        json = .object([
            .init("$schema", .string("https://datapackage.org/profiles/2.0/datapackage.json")),
            .init("name", .string("ambit-tables")),
            .init("version", .string("\(Table.schemaVersion).0.0")),
            .init("resources", .array(files.map { Self.resource($0.table, $0.file) })),
        ])
    }

    private static func resource(_ table: Table, _ file: ZipWriter.File) -> JSONValue {
        .object([
            .init("name", .string(table.name)),
            .init("type", .string("table")),
            .init("description", .string(table.meaning)),
            .init("path", .string(file.name)),
            .init("format", .string("csv")),
            .init("mediatype", .string("text/csv")),
            .init("encoding", .string("utf-8")),
            .init("bytes", JSONValue(file.length)),
            .init("hash", .string("sha256:\(file.hash)")),
            .init("schema", schema(of: table)),
        ])
    }

    private static func schema(of table: Table) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("fields", .array(table.columns.map { field($0, isKey: table.key.contains($0.name)) })),
            .init("primaryKey", .array(table.key.map { .string($0) })),
        ]
        let references = table.references.compactMap { column in
            column.references.map { target in
                JSONValue.object([
                    .init("fields", .array([.string(column.name)])),
                    .init(
                        "reference",
                        .object([
                            .init("resource", .string(target)), .init("fields", .array([.string("subject")])),
                        ])
                    ),
                ])
            }
        }
        if !references.isEmpty { members.append(.init("foreignKeys", .array(references))) }
        return .object(members)
    }

    private static func field(_ column: Column, isKey: Bool) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(column.name)),
            .init("type", .string(column.form.frictionless)),
            .init("description", .string(column.meaning)),
        ]
        if isKey { members.append(.init("constraints", .object([.init("required", .bool(true))]))) }
        return .object(members)
    }
}

extension Column.Form {
    /// As the Table Schema calls it: https://datapackage.org/standard/table-schema/#field-types.
    fileprivate var frictionless: String {
        switch self {
        case .text: "string"
        case .number: "number"
        case .integer: "integer"
        case .boolean: "boolean"
        case .date: "date"
        case .moment: "datetime"
        }
    }
}
