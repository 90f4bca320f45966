import AgendaModel
import ArgumentParser
import Files
import Snapshots
import SyncClient

/// The tables of an export that somebody has edited, as `ambit import` takes them.
struct EditedTables {
    private let file: TableFile
    private let name: String
    private let size: LogSize?

    /// nil for files that are no tables.
    ///
    /// - Throws: `Failure` for tables that cannot be read, or that are given with others.
    init?(_ files: [String], at size: Int?) throws {
        guard let name = files.first(where: Self.isTables) else { return nil }
        guard files.count == 1 else {
            throw Failure("\(name) is a file of tables; give it alone.", code: "usage")
        }
        guard let bytes = try ReadableFile(name).contents(upTo: Self.maximumLength) else {
            throw Failure("\(name) has more than \(Self.maximumLength >> 20) MiB.", code: "too-large")
        }
        self.name = name
        self.size = size.map { LogSize($0) }
        file = try Self.explaining(name) {
            try TableFile(bytes, named: name.split(separator: "/").last.map(String.init) ?? name)
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
    /// - Throws: `Failure` with sheet, row and column; then nothing is recorded.
    func record(in options: ReplicaOptions, isTrial: Bool, _ output: OutputOptions) throws {
        let replica = try options.open()
        let log = try LogSource.parse(["-C=\(options.folder)"]).open()
        let edits = try Self.explaining(name) { try TableEdits(of: file, in: log, at: size) }
        let events: [RecordedEvent]
        do {
            events = try replica.record(
                edits.subjects.map { edit in
                    SubjectEdit(
                        subject: edit.subject,
                        kind: edit.kind,
                        writes: edit.writes.map { SubjectEdit.Write(names: $0.names, value: $0.value) }
                    )
                },
                seeing: edits.basis,
                isTrial: isTrial
            )
        } catch {
            let writes = edits.subjects.flatMap(\.writes)
            guard let number = error.line, writes.indices.contains(number - 1) else { throw error }
            throw Failure(
                "\(name), \(writes[number - 1].place): \(error.description). Nothing was recorded.",
                code: error.problem ?? error.code.rawValue
            )
        }
        if output.json {
            return try Output.json(
                Answer(events: events.map(\.line), basis: edits.basis.rawValue, recorded: isTrial ? 0 : events.count)
            )
        }
        for write in edits.subjects.flatMap(\.writes) {
            Output.line("\(write.place): \(write.value == .null ? "empty" : write.value.compact)")
        }
        if events.isEmpty { return Output.line("Nothing was changed.") }
        Output.line(
            isTrial
                ? "\(events.count) events would be recorded."
                : "\(events.count) events recorded; ambit sync sends them."
        )
    }

    private static func explaining<Value>(_ name: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as TableFileError {
            throw Failure("\(name), \(error.description). Nothing was recorded.", code: error.code.rawValue)
        }
    }

    private struct Answer: Encodable {
        /// Lines of the events, in order.
        var events: [String]
        /// The size that the tables were made of.
        var basis: Int
        var recorded: Int
    }

    private static let maximumLength = 256 << 20
}
