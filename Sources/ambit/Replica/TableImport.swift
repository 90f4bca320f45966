import AgendaModel
import ArgumentParser
import EventLog
import Files
import Snapshots
import SyncClient
import TypedInput
import Wording

/// The tables of an export that somebody has edited, as `ambit import` takes them.
struct TableImport {
    private let file: TableFile
    private let name: String
    private let size: LogSize?

    /// nil for files that are no tables.
    ///
    /// - Throws: `Failure` for tables that cannot be read, or that are given with others.
    init?(_ files: [String], at size: Int?) throws {
        guard let name = files.first(where: Self.isTables) else { return nil }
        guard files.count == 1 else {
            throw Failure.usage("\(name) is a file of tables; give it alone.")
        }
        self.name = name
        self.size = size.map { LogSize($0) }
        file = try Self.explaining(name) {
            // Of text it is said where it is wrong; an archive is none.
            let bytes = try name.hasSuffix(".csv") ? InputFile.readText(name) : InputFile.read(name)
            return try TableFile(bytes, named: name.split(separator: "/").last.map(String.init) ?? name)
        }
    }

    private static func isTables(_ path: String) -> Bool {
        guard path != "-" else { return false }
        if [".csv", ".xlsx", ".zip"].contains(where: path.hasSuffix) { return true }
        guard let head = try? ReadableFile(path).prefix(4) else { return false }
        return TableFile.isArchive(head)
    }

    /// Records what was changed; with `isTrial`, says what would be.
    ///
    /// What is unlikely of it is told either way.
    ///
    /// - Throws: `Failure` with sheet, row and column; then nothing is recorded.
    func record(
        in options: ReplicaOptions,
        isTrial: Bool,
        _ localizer: Localizer,
        _ output: OutputOptions
    ) throws {
        let replica = try options.open()
        let log = try LogSource.parse(["-C=\(options.folder)"]).open()
        var edits = try Self.explaining(name) {
            try Replaying.showing(log.head().size) { try TableEdits(of: file, in: log, at: size, progress: $0) }
        }
        try edits.mapTexts { text, place in
            do throws(InputError) {
                return try TypedText.checkedValue(text)
            } catch {
                let found = "\(localizer.place(place)): \(error.message[localizer.language].withoutFullStop)"
                throw Failure("\(name), \(found). Nothing was recorded.", code: error.code.rawValue)
            }
        }
        let events: [RecordedEvent]
        do {
            events = try replica.record(edits.subjects.map(\.edit), seeing: edits.basis, isTrial: isTrial)
        } catch {
            guard let place = edits.place(ofWrite: error.line) else { throw error }
            throw Failure(
                "\(name), \(localizer.place(place)): \(error.description.withoutFullStop). Nothing was recorded.",
                code: error.problem ?? error.code.rawValue
            )
        }
        let doubts = try doubts(of: events, in: replica, edits, localizer)
        if output.json {
            return try Output.json(
                Answer(
                    events: events.map(\.line),
                    basis: edits.basis.rawValue,
                    recorded: isTrial ? 0 : events.count,
                    doubts: doubts.isEmpty ? nil : doubts.map(Answer.Doubted.init),
                    erased: edits.erased.isEmpty ? nil : edits.erased.map(Answer.Cell.init)
                )
            )
        }
        for subject in edits.subjects {
            for (place, write) in zip(subject.places, subject.edit.writes) {
                Output.line("\(localizer.place(place)): \(Self.words(for: write, of: subject.edit.kind, localizer))")
            }
        }
        for place in edits.erased {
            Output.say("\(localizer.place(place)): what stood here has been erased since, so this cell was left out.")
        }
        if events.isEmpty { return Output.say("Nothing was changed.") }
        if events.count == 1 {
            Output.say(isTrial ? "1 event would be recorded." : "1 event recorded; ambit sync sends it.")
        } else {
            Output.say(
                isTrial
                    ? "\(events.count) events would be recorded."
                    : "\(events.count) events recorded; ambit sync sends them."
            )
        }
        Import.show(doubts.map { $0.text(localizer) }, localizer)
        if !isTrial, !doubts.isEmpty { Output.note("ambit: \(localizer.message(.undoTakesBack))") }
    }

    /// What is unlikely of the events that were made of the edits.
    private func doubts(
        of events: [RecordedEvent],
        in replica: Replica,
        _ edits: TableEdits,
        _ localizer: Localizer
    ) throws -> [Doubtful] {
        let written = events.map { (subject: $0.subject, data: EventLine($0.line)?.data ?? .object([])) }
        let found = try replica.doubts(ofAll: written, localizer.timeZone)
        // New ones come first, and each takes one event.
        let subjects = edits.subjects.enumerated().map { index, subject in
            (subject.edit.subject ?? events[index].subject, subject)
        }
        let bySubject = Dictionary(subjects) { first, _ in first }
        return zip(events, found).flatMap { event, doubts in
            doubts.compactMap { doubt in
                let place = bySubject[event.subject]?.place(of: doubt)
                return place.map { Doubtful(place: $0, subject: event.subject, doubt: doubt) }
            }
        }
    }

    /// A cell or a row whose event is unlikely.
    private struct Doubtful {
        var place: TableFileError.Place
        var subject: String
        var doubt: Doubt

        /// What is unlikely, and where.
        func text(_ localizer: Localizer) -> String {
            "\(localizer.place(place)): \(doubt.text(localizer, of: String(subject.prefix { $0 != "/" })))"
        }
    }

    /// A number as it will be read: an amount in euros.
    private static func words(for write: SubjectEdit.Write, of kind: String, _ localizer: Localizer) -> String {
        switch write.value {
        case .null: return localizer.message(.absent)
        case .number(let digits):
            let path = write.names.map { "/\($0)" }.joined()
            return localizer.value(Array(digits.utf8), at: path, of: "\(kind)/", [:], isTyped: true)
        default: return write.value.compact
        }
    }

    private static func explaining<Value>(_ name: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as TableFileError {
            let found = error.place.map { "\(Localizer(.spoken).place($0)): \(error.message)" } ?? error.message
            throw Failure("\(name), \(found.withoutFullStop). Nothing was recorded.", code: error.code.rawValue)
        }
    }

    private struct Answer: Encodable {
        /// Lines of the events, in order.
        var events: [String]
        /// The size that the tables were made of.
        var basis: Int
        var recorded: Int
        /// What is unlikely of them; there when something is.
        var doubts: [Doubted]?
        /// The cells that were left out, for what stood in them has been erased since; absent when there are none.
        var erased: [Cell]?

        struct Cell: Encodable {
            var table: String
            var row: Int?
            var column: String?

            init(_ place: TableFileError.Place) {
                table = place.table
                row = place.row
                column = place.column
            }
        }

        struct Doubted: Encodable {
            var table: String
            var row: Int?
            var subject: String
            var doubt: String
            var path: String

            init(_ doubtful: Doubtful) {
                table = doubtful.place.table
                row = doubtful.place.row
                subject = doubtful.subject
                doubt = doubtful.doubt.code.rawValue
                path = doubtful.doubt.path
            }
        }
    }
}

extension TableEdits.Subject {
    /// Where the field stands that a doubt is about; its row alone where the file has another one of it.
    fileprivate func place(of doubt: Doubt) -> TableFileError.Place? {
        let index = edit.writes.firstIndex { write in
            let path = JSONPointer.pointer(write.names)
            return path == doubt.path || path.hasPrefix("\(doubt.path)/")
        }
        if let index { return places[index] }
        return places.first.map { TableFileError.Place($0.table, row: $0.row) }
    }
}

extension TableEdits {
    /// Where a write stands that cannot be recorded; its row alone where others of the same subject may be what is wrong.
    ///
    /// - Parameter number: counted from 1 through all subjects; nil when nobody knows.
    /// - Returns: nil for a number that no write has.
    fileprivate func place(ofWrite number: Int?) -> TableFileError.Place? {
        guard var rest = number.map({ $0 - 1 }) else { return nil }
        for subject in subjects {
            if subject.places.indices.contains(rest) {
                let place = subject.places[rest]
                return subject.places.count == 1 ? place : .init(place.table, row: place.row)
            }
            rest -= subject.places.count
        }
        return nil
    }
}
