package import AgendaModel
package import EventLog

extension PostgreSQLLogStore {
    package func run(of source: EventSource, upTo counter: Counter) throws -> CounterRun? {
        try run(of: source, "first <= $3 ORDER BY first DESC LIMIT 1", counter)
    }

    package func run(of source: EventSource, after counter: Counter) throws -> CounterRun? {
        try run(of: source, "first > $3 ORDER BY first LIMIT 1", counter)
    }

    private func run(of source: EventSource, _ condition: String, _ counter: Counter) throws -> CounterRun? {
        let select = statement(
            "SELECT first, last, position FROM runs WHERE agenda = $1 AND source = $2 AND \(condition)",
            [.text(source.rawValue), .integer(counter.rawValue)]
        )
        return try reading([select]) { rows in
            try rows[0].first.map {
                CounterRun(
                    source: source,
                    first: Counter(try $0.integer(0)),
                    last: Counter(try $0.integer(1)),
                    position: Position(try $0.integer(2))
                )
            }
        }
    }

    package func lastCounter(of source: EventSource) throws -> Counter? {
        try counter("SELECT last FROM runs WHERE agenda = $1 AND source = $2 ORDER BY first DESC LIMIT 1", source)
    }

    package func lastRejectedCounter(of source: EventSource) throws -> Counter? {
        try counter("SELECT max(counter) FROM rejections WHERE agenda = $1 AND source = $2", source)
    }

    private func counter(_ sql: String, _ source: EventSource) throws -> Counter? {
        try reading([statement(sql, [.text(source.rawValue)])]) { rows in
            try rows[0].first?.optionalInteger(0).map { Counter($0) }
        }
    }

    package func position(ofSubject name: String) throws -> Position? {
        try positions(ofSubjects: [name])[0]
    }

    package func positions(ofSubjects names: [String]) throws -> [Position?] {
        var found: [Position?] = []
        // In one round trip for many, and not in one that is without bounds.
        for start in stride(from: 0, to: names.count, by: Self.lookupsAtOnce) {
            let lookups = names[start..<min(start + Self.lookupsAtOnce, names.count)].map { SubjectLookup(of: $0) }
            found += try reading(lookups.flatMap { statements(for: $0) }) { rows in
                var rows = rows[...]
                return try lookups.map { lookup in
                    defer { rows = rows.dropFirst(lookup.statementCount) }
                    return try position(rows, lookup)
                }
            }
        }
        return found
    }

    private static let lookupsAtOnce = 500

    /// How a subject is found.
    private struct SubjectLookup {
        var name: String
        /// nil for a name that no event gives by itself.
        var derived: DerivedName?

        init(of name: String) {
            self.name = name
            derived = DerivedName(name)
        }

        // PostgreSQL keeps no NUL in a text, and no subject has one in its name.
        var isImpossible: Bool { name.utf8.contains(0) }
        var statementCount: Int { isImpossible ? 0 : derived == nil ? 1 : 2 }
    }

    private func statements(for lookup: SubjectLookup) -> [Statement] {
        guard !lookup.isImpossible else { return [] }
        let given = statement("SELECT position FROM subjects WHERE agenda = $1 AND name = $2", [.text(lookup.name)])
        guard let derived = lookup.derived else { return [given] }
        let created = statement(
            """
            SELECT run.position, creations.first, creations.kinds, creations.numbers
            FROM (
                SELECT position + $3 - first AS position, last FROM runs
                WHERE agenda = $1 AND source = $2 AND first <= $3 ORDER BY first DESC LIMIT 1
            ) AS run, LATERAL (
                SELECT first, kinds, numbers FROM creations
                WHERE agenda = $1 AND first <= run.position ORDER BY first DESC LIMIT 1
            ) AS creations
            WHERE run.last >= $3
            """,
            [.text(derived.source.rawValue), .integer(derived.counter.rawValue)]
        )
        return [given, created]
    }

    /// What the answers say, of which those to the statements for this name come first.
    private func position(_ rows: ArraySlice<[Row]>, _ lookup: SubjectLookup) throws -> Position? {
        guard !lookup.isImpossible else { return nil }
        if let derived = lookup.derived, let row = rows[rows.startIndex + 1].first {
            let position = Position(try row.integer(0))
            let creates = NewSubjects.Stretch.creates(
                derived.kind,
                at: position - Position(try row.integer(1)),
                kinds: try row.text(2),
                numbers: try row.bytes(3)
            )
            if creates { return position }
        }
        return try rows[rows.startIndex].first.map { Position(try $0.integer(0)) }
    }

    package func rejection(of source: EventSource, counter: Counter) throws -> Rejection? {
        let select = statement(
            "\(Self.selectRejections) AND source = $2 AND counter = $3 ORDER BY number LIMIT 1",
            [.text(source.rawValue), .integer(counter.rawValue)]
        )
        return try reading([select]) { try $0[0].first.map { try rejection($0) } }
    }

    package func rejections(after cursor: Int, limit: Int) throws -> [(cursor: Int, rejection: Rejection)] {
        let select = statement(
            "\(Self.selectRejections) AND number > $2 ORDER BY number LIMIT $3",
            [.integer(max(cursor, 0)), .integer(max(limit, 0))]
        )
        return try reading([select]) { try $0[0].map { (cursor: try $0.integer(0), rejection: try rejection($0)) } }
    }

    private static let selectRejections = """
        SELECT number, source, counter, recorded, code, detail, bytes, length, hash FROM rejections WHERE agenda = $1
        """

    private func rejection(_ row: Row) throws -> Rejection {
        guard let code = EventProblem.Code(rawValue: try row.text(4)) else {
            throw corrupt("rejection \(try row.integer(0))")
        }
        return Rejection(
            source: EventSource(unchecked: try row.text(1)),
            counter: try row.optionalInteger(2).map { Counter($0) },
            recordedTime: Timestamp(millisecondsSince1970: try row.integer(3)),
            problem: EventProblem(code, try row.text(5)),
            bytes: try row.bytes(6),
            line: try line(row)
        )
    }

    private func line(_ row: Row) throws -> Rejection.Line? {
        guard let length = try row.optionalInteger(7) else { return nil }
        guard let hash = row.optionalBytes(8).flatMap({ Hash(bytes: $0) }) else {
            throw corrupt("rejection \(try row.integer(0))")
        }
        return Rejection.Line(length: length, hash: hash)
    }
}
