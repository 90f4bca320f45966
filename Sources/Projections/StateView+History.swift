package import AgendaModel
package import EventLog
internal import GRDB

extension StateView {
    /// The positions of the entries about a subject, in order, up to the snapshot's size.
    ///
    /// Only the segments that the file names are read, so the cost goes with the subject's history, not with the log.
    package func history(of subject: String, in log: any LogReader) throws -> [Position] {
        var found: [Position] = []
        try forEachEntry(about: subject, in: log) { position, _ in
            found.append(position)
            return true
        }
        return found
    }

    /// Calls the body with each entry about a subject, in order, up to the snapshot's size, until it returns false.
    package func forEachEntry(
        about subject: String,
        in log: any LogReader,
        _ body: (_ position: Position, _ entry: UnsafeBufferPointer<UInt8>) throws -> Bool
    ) throws {
        let wanted = Array(subject.utf8)
        var reader = EventReader()
        for segment in try Mentions.segments(mentioning: subject, db) {
            let first = segment * Segment.entryCount
            let end = min(first + Segment.entryCount, size.rawValue)
            guard first < end else { return }
            var position = first
            var goesOn = true
            try log.entries(Position(first)..<Position(end)).withUnsafeBufferPointer { block in
                try forEachLine(of: block) { entry in
                    defer { position += 1 }
                    guard goesOn else { return }
                    let attributes = try reader.read(entry, as: .entry)
                    if entry[attributes.subject].elementsEqual(wanted) {
                        goesOn = try body(Position(position), entry)
                    }
                }
            }
            if !goesOn { return }
        }
    }
}
