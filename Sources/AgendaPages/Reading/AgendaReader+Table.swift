internal import AgendaModel
internal import Wording

extension AgendaReader {
    /// Subjects of a kind as a table.
    ///
    /// - Parameters:
    ///   - kind: of all of them.
    ///   - found: the subjects with their documents, in the order of the rows.
    ///   - omitted: a field that all of them share, and that needs no column.
    ///   - caption: what the table is called.
    /// - Returns: the table.
    /// - Throws: what reading throws.
    func table(
        of kind: String,
        _ found: [(subject: String, document: JSONValue)],
        without omitted: String? = nil,
        caption: String
    ) throws -> TableView {
        let columns = (Self.columns[kind] ?? ["name"]).filter { $0 != omitted }
        let rows = try found.map { subject, document in
            TableView.Row(cells: try columns.map { try cell($0, of: subject, document) })
        }
        let heads = columns.map { name in
            TableView.Column(
                text: name == "title" || name == "name"
                    ? Vocabulary.kind(kind, visit.language).capitalizedFirst
                    : Vocabulary.field(name, of: kind, visit.language).capitalizedFirst,
                isNumber: name == "value"
            )
        }
        return TableView(caption: caption, columns: heads, rows: rows)
    }

    /// What a list says of each subject; the first column names it.
    private static let columns: [String: [String]] = [
        "theme": ["title", "status"],
        "organisation": ["name", "sort"],
        "indicator": ["name", "unit", "aggregation"],
        "ambition": ["title", "theme", "status", "horizon"],
        "offer": ["title", "theme", "status"],
        "ask": ["title", "addressee", "status"],
        "project": ["title", "phase", "theme", "lead"],
        "milestone": ["title", "project", "due", "reached"],
        "measurement": ["indicator", "value", "on", "project", "source"],
        "note": ["text", "about"],
    ]

    private func cell(_ name: String, of subject: String, _ document: JSONValue) throws -> TableView.Cell {
        let isFirst = Self.columns[subject.kindPart]?.first == name
        guard let value = document[name] else {
            return TableView.Cell(text: isFirst ? subject.idPart : "", href: isFirst ? visit.href(subject) : nil)
        }
        if isFirst {
            let mark = standing(document, of: subject)
            let isEnded = mark?.mark == "ended"
            let text = try title(subject)
            return TableView.Cell(
                text: isEnded ? "\(text) (\(mark?.text ?? ""))" : text,
                href: visit.href(subject),
                mark: isEnded ? "ended" : nil,
                isName: true
            )
        }
        if name == "value" {
            let unit = try document["indicator"]?.text.flatMap { try self.document($0)?["unit"]?.text }
            return TableView.Cell(text: quantity(value, unit: unit), isNumber: true)
        }
        if case .reference = Catalogue.current.form(at: "/\(name)", of: subject), let target = value.text {
            return TableView.Cell(text: try title(target), href: visit.href(target))
        }
        let mark = name == "status" || name == "phase" ? value.text : nil
        return TableView.Cell(text: words(value, at: "/\(name)", of: subject), mark: mark)
    }
}

extension String {
    /// nil for an empty text: templates show a section for every text that there is.
    var orNil: String? { isEmpty ? nil : self }
    /// Of a subject, what is before the slash.
    var kindPart: String { String(prefix { $0 != "/" }) }
    /// Of a subject, what is behind the slash.
    var idPart: String { String(drop { $0 != "/" }.dropFirst()) }
}
