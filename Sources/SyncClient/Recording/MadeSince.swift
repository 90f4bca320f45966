internal import AgendaModel
internal import EventLog

/// What this laptop has made since an export: a row of it that is taken in again would make the same once more.
struct MadeSince {
    /// What an event that makes a subject says, in whatever order it says it.
    private struct Creation: Hashable {
        var type: String
        var values: [String: [UInt8]]
    }

    /// What was made, by what its event said.
    private var subjects: [Creation: String] = [:]
    private var reader = EventReader()

    /// - Parameters:
    ///   - own: who made it.
    ///   - basis: the size of the export.
    ///   - log: what has been verified.
    ///   - pending: the lines of what is not in the log yet.
    /// - Throws: what reading the log throws.
    init(by own: OwnDevices, from basis: LogSize, in log: any LogReader, pending: [[UInt8]]) throws {
        let size = try log.head().size
        if basis < size {
            try log.forEachBlock(in: basis.positions(upTo: size)) { first, _, entries in
                var position = first
                Lines.forEach(in: entries) { range in
                    note(UnsafeBufferPointer(rebasing: entries[range]), as: .entry, by: own, at: position)
                    position += 1
                }
            }
        }
        for line in pending {
            line.withUnsafeBufferPointer { note($0, as: .event, by: own, at: .afterEverything) }
        }
    }

    /// What was made by an event that says the same; nil when there is none.
    mutating func subject(madeAs event: [UInt8]) -> String? {
        event.withUnsafeBufferPointer { line in
            guard let attributes = try? reader.read(line, as: .event) else { return nil }
            return creation(attributes, in: line).flatMap { subjects[$0] }
        }
    }

    private mutating func note(
        _ line: UnsafeBufferPointer<UInt8>,
        as form: EventReader.Form,
        by own: OwnDevices,
        at position: Position
    ) {
        // What counts already stays; `ambit verify` says what is wrong with it.
        guard let attributes = try? reader.read(line, as: form), attributes.tombstone == nil,
            own.device(of: line[attributes.source], at: position) != nil,
            let creation = creation(attributes, in: line)
        else { return }
        subjects[creation] = String(decoding: line[attributes.subject], as: UTF8.self)
    }

    /// Of the line that was read last; nil for what makes no subject.
    private func creation(_ attributes: EventAttributes, in line: UnsafeBufferPointer<UInt8>) -> Creation? {
        let type = String(decoding: line[attributes.type], as: UTF8.self)
        guard EventRewriter.kindCreated(by: type) != nil else { return nil }
        var values: [String: [UInt8]] = [:]
        reader.forEachLeaf(in: line) { path, value in values[path] = value.map { Array($0) } }
        return Creation(type: type, values: values)
    }
}
