package import AgendaModel
package import EventLog

/// The subjects that the entries of a part of a log changed.
package struct ChangedSubjects: Sendable {
    /// A subject, and the last of those entries that changed it.
    package struct Change: Hashable, Sendable {
        package var subject: String
        package var position: Position
    }

    /// Each subject once, in the order of their positions.
    package let changes: [Change]

    /// Reads the entries.
    ///
    /// A redaction also changes the subject of the entry that it had erased.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - range: their positions; must lie within the log.
    /// - Throws: what the log throws, `EventProblem` for entries that cannot be read.
    package init(in log: any LogReader, _ range: Range<Position>) throws {
        var last: [String: Position] = [:]
        var reader = EventReader()
        func subject(_ entry: UnsafeBufferPointer<UInt8>, _ attributes: EventAttributes) -> String {
            String(decoding: entry[attributes.subject], as: UTF8.self)
        }
        if !range.isEmpty {
            try log.forEachBlock(in: range) { first, _, block in
                var position = first
                try forEachLine(of: block) { entry in
                    defer { position += 1 }
                    let attributes = try reader.read(entry, as: .entry)
                    last[subject(entry, attributes)] = position
                    // One of an entry that does not come before it erases nothing (Protocol/Log.md, "Erased entries").
                    guard let erased = attributes.redactedPosition(in: entry), erased < position else { return }
                    try log.entry(at: erased).withUnsafeBufferPointer { entry in
                        last[subject(entry, try reader.read(entry, as: .entry))] = position
                    }
                }
            }
        }
        // A redaction and the subject that it changed share a position.
        changes = last.map { Change(subject: $0.key, position: $0.value) }
            .sorted { ($0.position, $0.subject) < ($1.position, $1.subject) }
    }
}

/// Changed subjects as lines of JSON: those who read them know by the last line whether they have all.
package enum ChangeLines {
    /// A subject that changed, with its document.
    package static func line(_ change: ChangedSubjects.Change, _ document: [UInt8]) -> [UInt8] {
        "{\"subject\":".utf8 + JSONString.quoted(change.subject)
            + ",\"position\":\(change.position.rawValue),\"document\":".utf8 + document + "}\n".utf8
    }

    /// The end of all lines.
    ///
    /// - Parameters:
    ///   - size: of the state that the documents are of.
    ///   - digest: of that state; nil for those who may not have it.
    ///   - count: how many lines there were.
    /// - Returns: the line.
    package static func end(at size: LogSize, digest: Hash?, count: Int) -> [UInt8] {
        let digest = digest.map { ",\"digest\":\"\($0)\"" } ?? ""
        return Array("{\"size\":\(size)\(digest),\"count\":\(count)}\n".utf8)
    }

    /// The end of a page that others follow.
    package static func more(_ next: String) -> [UInt8] { "{\"next\":".utf8 + JSONString.quoted(next) + "}\n".utf8 }
}
