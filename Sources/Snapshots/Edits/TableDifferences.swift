internal import AgendaModel

/// Tables of a file while they are held against the rows of the export.
struct TableDifferences {
    private struct Compared {
        var table: Table
        var read: ReadTable
        /// Of each column of the file, the table's.
        var columns: [Int]
        /// The rows of the file, by their keys.
        var rows: [[String]: Int]
        var isSeen: [Bool]
    }

    private let dayOffset: Int
    private var compared: [String: Compared] = [:]
    private var edits: [String: TableEdits.Subject] = [:]
    /// The subjects of the edits, in the order in which they were met.
    private var order: [String] = []

    init(dayOffset: Int) { self.dayOffset = dayOffset }

    func holds(_ table: Table) -> Bool { compared[table.name] != nil }

    /// Takes a table of the file.
    ///
    /// - Throws: `TableFileError` with `invalidCell`.
    mutating func add(_ read: ReadTable) throws(TableFileError) {
        guard let table = Table.all.first(where: { $0.name == read.name }) else {
            // A sheet that a spreadsheet put there.
            guard !read.header.isEmpty else { return }
            throw TableFileError(.invalidCell, "there is no such table; remove it from the file", at: .init(read.name))
        }
        guard compared[table.name] == nil else {
            throw TableFileError(.invalidCell, "the table is there twice", at: .init(read.name))
        }
        var columns: [Int] = []
        for name in read.header {
            // A sheet that was saved as CSV has the names of the workbook.
            guard let index = table.columns.firstIndex(where: { $0.name == name || $0.sheetName == name }) else {
                throw TableFileError(
                    .invalidCell,
                    "there is no such column; remove it from the file",
                    at: .init(read.name, column: name)
                )
            }
            guard !columns.contains(index) else {
                throw TableFileError(
                    .invalidCell,
                    "the column is there twice; remove one of the two",
                    at: .init(read.name, column: name)
                )
            }
            columns.append(index)
        }
        for key in table.key where !read.header.contains(key) && !read.rows.isEmpty {
            throw TableFileError(.invalidCell, "the column \(key) is missing; put it back", at: .init(read.name))
        }
        var rows: [[String]: Int] = [:]
        for (index, row) in read.rows.enumerated() {
            let key = table.key.map { name in read.header.firstIndex(of: name).map { Self.text(row.cells[$0]) } ?? "" }
            // New subjects have no name yet.
            if case .subjects = table.rows, key == [""] { continue }
            guard rows.updateValue(index, forKey: key) == nil else {
                throw TableFileError(
                    .invalidCell,
                    "\(key.joined(separator: ", ")) is there twice",
                    at: .init(read.name, row: row.number)
                )
            }
        }
        compared[table.name] = Compared(
            table: table,
            read: read,
            columns: columns,
            rows: rows,
            isSeen: [Bool](repeating: false, count: read.rows.count)
        )
    }

    /// Holds a row of the export against the file's; one that the file does not have means nothing.
    ///
    /// - Throws: `TableFileError` with `invalidCell`.
    mutating func compare(_ cells: [Cell], in table: Table) throws(TableFileError) {
        let key = table.key.map { name in
            table.columns.firstIndex { $0.name == name }.map { Self.text(cells[$0]) } ?? ""
        }
        guard let index = compared[table.name]?.rows[key] else { return }
        compared[table.name]?.isSeen[index] = true
        try take(index, since: cells, in: table)
    }

    /// What was changed, once all rows of the export have been compared.
    ///
    /// - Throws: `TableFileError` with `invalidCell`.
    mutating func finish() throws(TableFileError) -> [TableEdits.Subject] {
        for table in Table.all {
            guard let found = compared[table.name] else { continue }
            for index in found.read.rows.indices where !found.isSeen[index] {
                try checkMayBeNew(found.read.rows[index], in: table)
                try take(index, since: [Cell](repeating: .absent, count: table.columns.count), in: table)
            }
        }
        let all = order.compactMap { edits[$0] }
        return all.filter { $0.edit.subject == nil } + all.filter { $0.edit.subject != nil }
    }

    // MARK: - Rows

    private func checkMayBeNew(_ row: ReadTable.Row, in table: Table) throws(TableFileError) {
        switch table.rows {
        case .subjects(let kind):
            let index = compared[table.name]?.read.header.firstIndex(of: "subject") ?? 0
            guard row.cells[index] == .empty else {
                throw TableFileError(
                    .invalidCell,
                    "there is no \(Self.text(row.cells[index])); leave the cell empty for a new \(kind)",
                    at: .init(table.name, row: row.number, column: "subject")
                )
            }
            guard Catalogue.current.kind(named: kind)?.hasGivenNames == false else {
                throw TableFileError(
                    .invalidCell,
                    "a new \(kind) cannot be made here",
                    at: .init(table.name, row: row.number)
                )
            }
        case .members: break
        case .conflicts, .changes, .export:
            throw TableFileError(.invalidCell, "rows cannot be added here", at: .init(table.name, row: row.number))
        }
    }

    private mutating func take(_ index: Int, since known: [Cell], in table: Table) throws(TableFileError) {
        guard let found = compared[table.name] else { return }
        let row = found.read.rows[index]
        var changed = TableEdits.Subject(edit: SubjectEdit(subject: nil, kind: "", writes: []))
        for (content, (place, name)) in zip(row.cells, zip(found.columns, found.read.header)) {
            let column = table.columns[place]
            let at = TableFileError.Place(table.name, row: row.number, column: column.name)
            let reading = CellReading(
                column: column,
                isTyped: found.read.isTyped,
                dayOffset: dayOffset,
                isNamedAsExported: name == column.sheetName
            )
            do throws(TableFileError) {
                guard case .changed(let value) = try reading.change(of: content, since: known[place]) else { continue }
                if table.key.contains(column.name) { continue }
                try checkMayChange(column, in: table)
                let names = try names(of: column, in: table, row, found)
                changed.write(value, names, at: at)
            } catch {
                throw TableFileError(error.code, error.message, at: at)
            }
        }
        try add(changed, of: row, in: table, found, isNew: !found.isSeen[index])
    }

    private func checkMayChange(_ column: Column, in table: Table) throws(TableFileError) {
        switch table.rows {
        case .subjects where column != .valuePosition, .members: return
        default: throw TableFileError(.invalidCell, "this cannot be changed; put back what stood here")
        }
    }

    /// Where a cell's value stands in the document.
    private func names(
        of column: Column,
        in table: Table,
        _ row: ReadTable.Row,
        _ found: Compared
    ) throws(TableFileError) -> [String] {
        guard case .members(_, let field) = table.rows else { return column.path }
        return [field, Self.text(row.cells[found.read.header.firstIndex(of: table.key[1]) ?? 0])] + column.path
    }

    private mutating func add(
        _ changed: TableEdits.Subject,
        of row: ReadTable.Row,
        in table: Table,
        _ found: Compared,
        isNew: Bool
    ) throws(TableFileError) {
        var changed = changed
        let subject = found.read.header.firstIndex(of: "subject").map { Self.text(row.cells[$0]) } ?? ""
        switch table.rows {
        case .members(let kind, let field):
            // A row that says no more than that it is there.
            if isNew, changed.places.isEmpty, table.columns.count == table.key.count {
                let member = Self.text(row.cells[found.read.header.firstIndex(of: table.key[1]) ?? 0])
                changed.write(.bool(true), [field, member], at: .init(table.name, row: row.number))
            }
            guard subject.hasPrefix("\(kind)/") else {
                throw TableFileError(
                    .invalidCell,
                    "the row must name a \(kind)",
                    at: .init(table.name, row: row.number, column: "subject")
                )
            }
            note(changed, of: subject, kind)
        case .subjects(let kind):
            guard isNew else { return note(changed, of: subject, kind) }
            let key = "\(table.name)#\(row.number)"
            order.append(key)
            changed.edit.kind = kind
            edits[key] = changed
        case .conflicts, .changes, .export: return
        }
    }

    private mutating func note(_ changed: TableEdits.Subject, of subject: String, _ kind: String) {
        guard !changed.places.isEmpty else { return }
        if edits[subject] == nil { order.append(subject) }
        let none = TableEdits.Subject(edit: SubjectEdit(subject: subject, kind: kind, writes: []))
        edits[subject, default: none].edit.writes += changed.edit.writes
        edits[subject, default: none].places += changed.places
    }

    // MARK: - Keys

    private static func text(_ content: ReadTable.Content) -> String {
        switch content {
        case .text(let text): SheetText.unescaped(text, true)
        case .number(let number), .formatted(let number), .day(let number), .percentage(let number),
            .money(let number, _):
            JSONValue(number).compact
        case .inexact(let digits): digits
        case .boolean(let value): "\(value)"
        case .empty, .formula, .error: ""
        }
    }

    private static func text(_ cell: Cell) -> String {
        switch cell {
        case .absent: ""
        case .text(let text), .number(let text): text
        case .boolean(let value): "\(value)"
        }
    }
}

extension TableEdits.Subject {
    fileprivate mutating func write(_ value: JSONValue, _ names: [String], at place: TableFileError.Place) {
        edit.writes.append(SubjectEdit.Write(names: names, value: value))
        places.append(place)
    }
}
