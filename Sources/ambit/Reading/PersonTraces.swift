import AgendaModel
import EventLog
import Projections

/// An entry that somebody wrote, or that names them.
struct PersonTrace: Encodable {
    var position: Position
    var recordedtime: String
    var subject: String
    var type: String
}

/// Where somebody is in a log.
struct PersonTraces {
    private(set) var wrote: [PersonTrace] = []
    /// By others; by themselves where it is about themselves is under `wrote`.
    private(set) var named: [PersonTrace] = []

    /// Reads the whole log; signatures of devices say nothing of people, and are left out.
    ///
    /// - Throws: what the log throws, `EventProblem` for entries that cannot be read.
    init(of member: String, _ authors: KnownAuthors, in log: any LogReader) throws {
        let sources = authors.sources(of: [member])
        let names = authors.names(of: member).map(TextSearch.folded).filter { !$0.isEmpty }
        var reader = EventReader()
        try log.forEachBlock(in: try log.head().size.positions) { first, _, entries in
            for (index, line) in entries.split(separator: UInt8(ascii: "\n")).enumerated() {
                let entry = UnsafeBufferPointer(rebasing: line)
                let attributes = try reader.read(entry, as: .entry)
                func text(_ range: Range<Int>) -> String { String(decoding: entry[range], as: UTF8.self) }
                guard !entry[attributes.type].elementsEqual(DeviceSignature.type.utf8) else { continue }
                let trace = PersonTrace(
                    position: first + index,
                    recordedtime: (EntrySuffix.recordedTime(of: entry) ?? attributes.time).description,
                    subject: text(attributes.subject),
                    type: text(attributes.type)
                )
                if sources.contains(text(attributes.source)) {
                    wrote.append(trace)
                } else if trace.subject == member || sources.contains(trace.subject) {
                    named.append(trace)
                } else if attributes.tombstone == nil {
                    let data = try JSONValue(parsing: Array(entry[attributes.data]))
                    if Self.mentions(data, subjects: sources, names: names) { named.append(trace) }
                }
            }
        }
    }

    private static func mentions(_ data: JSONValue, subjects: Set<String>, names: [String]) -> Bool {
        if let members = data.members {
            return members.contains {
                subjects.contains($0.name) || mentions($0.value, subjects: subjects, names: names)
            }
        }
        guard let text = data.text else { return false }
        if subjects.contains(text) { return true }
        let folded = TextSearch.folded(text)
        return names.contains { folded.contains($0) }
    }
}
