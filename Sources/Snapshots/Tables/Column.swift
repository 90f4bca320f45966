internal import AgendaModel

/// A column of a table that snapshots have.
package struct Column: Hashable, Sendable {
    /// What the cells of a column hold.
    package enum Form: Hashable, Sendable {
        case text
        case number
        case integer
        case boolean
        /// `YYYY-MM-DD`.
        case date
        /// RFC 3339, UTC, with milliseconds.
        case moment
    }

    /// In lower case, with underscores.
    package var name: String
    package var form: Form
    /// One sentence in English.
    package var meaning: String
    /// The table whose `subject` the cells name; nil when they name none, or of more than one kind.
    package var references: String?
    /// Whether it may be given to everybody, when its table may.
    var isPublic: Bool
    /// Where the cells stand in a subject's document: names of members from the outside in.
    var path: [String] = []

    init(
        _ name: String,
        _ form: Form,
        _ meaning: String,
        references: String? = nil,
        isPublic: Bool = true,
        path: [String] = []
    ) {
        self.isPublic = isPublic
        self.name = name
        self.form = form
        self.meaning = meaning
        self.references = references
        self.path = path
    }
}

extension Column {
    /// Whether it holds amounts in euro cents.
    var isInCents: Bool { form == .integer && path.last == "budget" }

    /// What a workbook calls it: an amount says there what it is in, since people read it.
    var sheetName: String { isInCents ? "\(name) (euro cents)" : name }
    /// The columns for a field; none for a map, which is a table of its own.
    ///
    /// - Parameters:
    ///   - field: of a kind, or of an object within it.
    ///   - prefix: the names of the objects around it.
    /// - Returns: one, or those of an object's fields.
    static func columns(for field: Catalogue.Field, in prefix: [String] = []) -> [Column] {
        let path = prefix + [field.name]
        func column(_ form: Form, references: String? = nil) -> [Column] {
            [Column(path.joined(separator: "_"), form, field.meaning, references: references, path: path)]
        }
        switch field.form {
        case .string, .oneOf: return column(.text)
        case .number: return column(.number)
        case .integer: return column(.integer)
        case .boolean, .present: return column(.boolean)
        case .date: return column(.date)
        case .reference(let kind): return column(.text, references: kind)
        case .object(let fields): return fields.flatMap { columns(for: $0, in: path) }
        case .map: return []
        }
    }
}
