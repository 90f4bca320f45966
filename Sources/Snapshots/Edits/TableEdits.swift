package import AgendaModel
package import EventLog
internal import Projections

/// What somebody has changed in the tables of an export.
package struct TableEdits: Sendable {
    /// What has changed of a subject.
    package struct Subject: Hashable, Sendable {
        package var edit: SubjectEdit
        /// Of each of its writes, where it stands.
        package var places: [TableFileError.Place] = []
    }

    /// What whoever edited had seen: the size that the tables were made of.
    package let basis: LogSize
    /// In the order of the tables and their rows; new ones first.
    package private(set) var subjects: [Subject] = []
    /// The cells of which the value was erased since the export; what stands in them is nobody's edit.
    package private(set) var erased: [TableFileError.Place] = []

    /// Compares a file with the export that it was.
    ///
    /// - Parameters:
    ///   - file: as somebody has saved it.
    ///   - log: the one that the tables were made of.
    ///   - size: what a file without the table `export` was made of; nil when that says it.
    ///   - progress: called now and then with the size reached.
    /// - Throws: `TableFileError`, and what the log throws.
    package init(
        of file: TableFile,
        in log: any LogReader,
        at size: LogSize? = nil,
        progress: ((LogSize) -> Void)? = nil
    ) throws {
        basis = try Self.basis(of: file, in: log, size)
        try TimeTravel.check(basis, in: log)
        let isOutdated = try Self.isFromBeforeAnErasure(file, of: log.erasedCount(in: basis.positions))
        var differences = TableDifferences(dayOffset: file.dayOffset)
        for table in file.tables where !isOutdated || !Self.followedFromErased.contains(table.name) {
            try differences.add(table)
        }
        // All of history is looked at only where it can be held against something.
        let reporting = differences.holds(.changes)
        let snapshot = try Snapshot(
            of: log,
            at: basis,
            progress: progress,
            reporting: reporting
                ? { event in try Table.forEachChange(by: event) { try differences.compare($0, in: .changes) } } : nil
        )
        for table in Table.all where table != .changes && differences.holds(table) {
            try snapshot.forEachRow(of: table) { try differences.compare($0, in: table) }
        }
        subjects = try differences.finish()
        if isOutdated { try leaveOutErased(snapshot) }
    }

    /// What follows from all that the log held, so that another erasure makes it another.
    private static let followedFromErased = [Table.export, .changes, .conflicts].map(\.name)

    /// Whether something was erased since the file was made, or may have been; `count` is how many entries are erased now.
    private static func isFromBeforeAnErasure(_ file: TableFile, of count: Int) -> Bool {
        guard let export = file.tables.first(where: { $0.name == Table.export.name }), let row = export.rows.first,
            let column = export.header.firstIndex(of: "erasures")
        else { return count > 0 }
        return switch row.cells[column] {
        case .text(let text): text != "\(count)"
        case .number(let number), .formatted(let number): number != Double(count)
        default: count > 0
        }
    }

    /// Takes away what would record erased values anew.
    private mutating func leaveOutErased(_ snapshot: Snapshot) throws {
        for index in subjects.indices {
            guard let name = subjects[index].edit.subject else { continue }
            let (writes, places) = (subjects[index].edit.writes, subjects[index].places)
            (subjects[index].edit.writes, subjects[index].places) = ([], [])
            for (write, place) in zip(writes, places) {
                let register = try snapshot.state.register(of: name, at: JSONPointer.pointer(write.names))
                if register?.heads.first?.isErased == true {
                    erased.append(place)
                } else {
                    subjects[index].edit.writes.append(write)
                    subjects[index].places.append(place)
                }
            }
        }
        subjects.removeAll { $0.edit.subject != nil && $0.edit.writes.isEmpty }
    }

    /// Has the texts that were written kept in another way.
    ///
    /// - Parameter kept: gives a text as it is kept, by the text and where it stands.
    /// - Throws: what `kept` throws.
    package mutating func mapTexts(_ kept: (_ text: String, _ place: TableFileError.Place) throws -> String) rethrows {
        for subject in subjects.indices {
            for (write, place) in subjects[subject].places.enumerated() {
                guard case .string(let text) = subjects[subject].edit.writes[write].value else { continue }
                subjects[subject].edit.writes[write].value = .string(try kept(text, place))
            }
        }
    }

    /// Where the file says what it was made of, that must be this log.
    private static func basis(of file: TableFile, in log: any LogReader, _ size: LogSize?) throws -> LogSize {
        let end = try log.head().size
        guard let export = file.tables.first(where: { $0.name == Table.export.name }), let row = export.rows.first
        else {
            guard let size else {
                throw TableFileError(
                    .unreadable,
                    "the file does not say what it was made from: it lacks the table export. Give the size with --at"
                )
            }
            return size
        }
        func text(_ name: String) throws(TableFileError) -> String {
            guard let index = export.header.firstIndex(of: name) else {
                throw TableFileError(.invalidCell, "the column \(name) is missing; put it back", at: .init("export"))
            }
            switch row.cells[index] {
            case .text(let text): return text
            case .number(let number), .formatted(let number), .day(let number), .percentage(let number),
                .money(let number, _):
                return JSONValue(number).compact
            default:
                throw TableFileError(
                    .invalidCell,
                    "what the tables were made from must stay",
                    at: .init("export", row: row.number, column: name)
                )
            }
        }
        guard try text("origin") == log.identity.origin else {
            throw TableFileError(.otherLog, "the tables are of \(try text("origin")), not of \(log.identity.origin)")
        }
        guard let made = Int(try text("size")).map({ LogSize($0) }), made > .zero else {
            throw TableFileError(
                .invalidCell,
                "the size must stay",
                at: .init("export", row: row.number, column: "size")
            )
        }
        guard size == nil || size == made else {
            throw TableFileError(.otherLog, "the tables were made of \(made) entries, and --at says another size")
        }
        guard made <= end else {
            throw TableFileError(
                .otherLog,
                "the tables were made of \(made) entries, and there are \(end) here; sync first"
            )
        }
        guard try text("root") == TimeTravel.root(of: log, at: made).base64 else {
            throw TableFileError(.otherLog, "the tables were made of another log than this one, with the same name")
        }
        return made
    }
}
