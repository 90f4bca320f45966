import AgendaModel
import Snapshots
import SyncClient
import TypedInput
import Wording

/// A CSV file whose rows are new events of one type, as `ambit import --type` takes it.
struct NewRows {
    /// So many wrong cells are told at once.
    private static let maximumProblems = 20

    private let events: [(row: Int, event: TypedEvent)]
    private let table: String

    /// - Throws: `Failure` with every wrong cell by row and column; then nothing may be recorded.
    init(
        _ path: String,
        ofType type: String,
        in replica: Replica,
        by typist: Typist,
        _ localizer: Localizer
    ) throws {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard name.hasSuffix(".csv") else {
            throw Failure.usage(localizer.message(.rowsAreCSV, ["file": path]))
        }
        let table: ReadTable
        do {
            let file = try TableFile(InputFile.readText(path), named: name)
            guard let read = file.tables.first else { throw TableFileError(.unreadable, "it is no CSV") }
            table = read
        } catch let error as TableFileError {
            let found = error.place.map { "\(localizer.place($0)): \(error.message)" } ?? error.message
            throw Failure("\(path), \(found)", code: error.code.rawValue)
        }
        let input = try EventInput(typeNamed: type, by: typist) { try replica.subject(called: $0, of: $1) }
        var problems: [String] = []
        var events: [(row: Int, event: TypedEvent)] = []
        func take(_ row: Int, _ body: () throws -> Void) throws {
            do {
                try body()
            } catch let problem as RowInput.Problem {
                let place = TableFileError.Place(table.name, row: row, column: problem.column)
                problems.append("\(localizer.place(place)): \(problem.error.message[localizer.language])")
            } catch let error as ReplicaError where error.code != .inputOutput {
                problems.append("\(localizer.place(.init(table.name, row: row))): \(error.description)")
            }
        }
        var rows: RowInput?
        try take(1) { rows = try RowInput(input, columns: table.header) }
        if let rows {
            for row in table.rows where problems.count < Self.maximumProblems {
                let cells = row.cells.map { if case .text(let text) = $0 { text } else { "" } }
                try take(row.number) { events.append((row.number, try rows.event(cells))) }
            }
        }
        guard problems.isEmpty else {
            var failure = Failure(localizer.message(.nothingRecorded), code: "invalid-import")
            failure.details = problems
            throw failure
        }
        self.events = events
        self.table = table.name
    }

    /// A row whose event is unlikely.
    struct Doubtful {
        var row: Int
        var subject: String
        var doubt: Doubt
        /// What is unlikely, and where.
        var text: String
    }

    /// What is unlikely of the rows, once they are recorded.
    func doubts(in replica: Replica, recorded: ImportSummary, _ localizer: Localizer) throws -> [Doubtful] {
        let names = Dictionary(recorded.names.map { ($0.name, $0.subject) }) { first, _ in first }
        let rows = events.compactMap { row, event in
            (event.subject ?? names["\(row)"]).map { (row, subject: $0, data: event.data) }
        }
        let found = try replica.doubts(ofAll: rows.map { ($0.subject, $0.data) }, localizer.timeZone)
        return zip(rows, found).flatMap { row, doubts in
            doubts.map { doubt in
                let kind = String(row.subject.prefix { $0 != "/" })
                let place = localizer.place(.init(table, row: row.0))
                return Doubtful(
                    row: row.0,
                    subject: row.subject,
                    doubt: doubt,
                    text: "\(place): \(doubt.text(localizer, of: kind))"
                )
            }
        }
    }

    /// Records all rows, or none; what a row makes is called by the row's number.
    func record(in replica: Replica, _ localizer: Localizer) throws -> ImportSummary {
        var lines: [UInt8] = []
        for (row, event) in events {
            var members = [JSONValue.Member("type", .string(event.type)), .init("data", event.data)]
            members.append(
                event.subject.map { .init("subject", .string($0)) } ?? .init("as", .string("\(row)"))
            )
            JSONValue.object(members).write(to: &lines)
            lines.append(UInt8(ascii: "\n"))
        }
        do {
            return try replica.importEvents(lines)
        } catch {
            guard let line = error.line, events.indices.contains(line - 1) else { throw error }
            let place = localizer.place(.init(table, row: events[line - 1].row))
            let found = error.description.trimmingPrefix("line \(line): ")
            var failure = Failure(localizer.message(.nothingRecorded), code: error.problem ?? error.code.rawValue)
            failure.details = ["\(place): \(found)"]
            throw failure
        }
    }
}

extension Localizer {
    /// Where something stands in a table: `metingen, rij 12, kolom waarde`.
    func place(_ place: TableFileError.Place) -> String {
        let row = place.row.map { message(.tableRow, ["row": "\($0)"]) }
        let column = place.column.map { message(.tableColumn, ["column": $0]) }
        return [place.table, row, column].compactMap(\.self).joined(separator: ", ")
    }
}
