internal import AgendaModel
internal import EventLog
internal import Projections

extension Snapshot {
    /// Calls the body with each row of a table, in the order of the table's key.
    ///
    /// The rows of `change` come with the fold, so they are not here.
    package func forEachRow(of table: Table, _ body: ([Cell]) throws -> Void) throws {
        switch table.rows {
        case .subjects(let kind):
            try state.forEachSubject(of: kind) { subject in
                try body(cells(of: subject, JSONValue(parsing: subject.document), in: table))
            }
        case .members(let kind, let field):
            try forEachSubject(of: kind) { subject, document in
                for member in document[field]?.members ?? [] {
                    let own = table.columns.dropFirst(2).map { column in
                        column.path.isEmpty ? Cell(member.value) : Cell(member.value.value(at: column.path))
                    }
                    try body([.text(subject), .text(member.name)] + own)
                }
            }
        case .conflicts: try forEachConflictingValue(body)
        case .changes: preconditionFailure("changes are told while a snapshot is folded")
        case .export:
            let cells: [String: Cell] = [
                "subject": Cell(agenda), "origin": .text(manifest.origin), "size": Cell(manifest.size.rawValue),
                "moment": Cell(moment?.description), "root": .text(manifest.root.base64),
                "digest": .text("\(manifest.digest)"), "erasures": Cell(erasures),
            ]
            try body(table.columns.map { cells[$0.name] ?? .absent })
        }
    }

    private func cells(of subject: FoldedState.Subject, _ document: JSONValue, in table: Table) throws -> [Cell] {
        try table.columns.map { column in
            if column == .subject { return .text(subject.name) }
            if column == .valuePosition { return Cell(try subject.register(at: "/value")?.heads[0].position) }
            return Cell(document.value(at: column.path))
        }
    }

    /// Calls the body with each subject of a kind and its document, sorted bytewise by subject.
    func forEachSubject(of kind: String, _ body: (String, JSONValue) throws -> Void) throws {
        try state.forEachSubject(of: kind) { try body($0.name, JSONValue(parsing: $0.document)) }
    }

    private func forEachConflictingValue(_ body: ([Cell]) throws -> Void) throws {
        let naming = state.naming
        for conflict in try state.conflicts() {
            for (rank, head) in conflict.register.heads.enumerated() {
                let author = try naming.author(of: head.source)
                try body([
                    .text(conflict.subject), .text(conflict.register.path), Cell(rank + 1),
                    Cell(head.value.map { String(decoding: $0, as: UTF8.self) }),
                    .text(author.member?.rawValue ?? head.source.rawValue), Cell(head.position),
                ])
            }
        }
    }
}

extension Table {
    /// The rows that an event makes in `change`, in the order of its paths.
    static func forEachChange(by event: HistoryEvent, _ body: ([Cell]) throws -> Void) rethrows {
        let about: [Cell] = [
            Cell(event.position), .text(event.recordedTime.description), .text(event.deviceTime.description),
            Cell(event.author.member?.rawValue), .text(event.author.source.rawValue), .text(event.subject),
            .text(event.type),
        ]
        for change in event.changes.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            try body(about + [.text(change.path), Cell(change.before), Cell(change.after)])
        }
    }
}

extension Cell {
    fileprivate init(_ position: Position?) { self = position.map { Cell($0.rawValue) } ?? .absent }

    fileprivate init(_ value: FieldValue) { self.init(value.json.map { String(decoding: $0, as: UTF8.self) }) }
}

extension JSONValue {
    /// What stands under these names of members, from the outside in.
    func value(at path: [String]) -> JSONValue? { path.reduce(self) { $0?[$1] } }
}
