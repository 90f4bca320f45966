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
        try forEachEntry(aboutAnyOf: [subject], in: log) { position, entry, _ in try body(position, entry) }
    }

    /// The same for several subjects, with the attributes of each entry.
    package func forEachEntry(
        aboutAnyOf subjects: Set<String>,
        in log: any LogReader,
        _ body: (_ position: Position, _ entry: UnsafeBufferPointer<UInt8>, EventAttributes) throws -> Bool
    ) throws {
        let wanted = subjects.compactMap { subject in
            SubjectAttribute(subject).map { (attribute: $0, bytes: Array(subject.utf8)) }
        }
        var reader = EventReader()
        for segment in try Mentions.segments(mentioningAnyOf: subjects, db) {
            let range = Segment.positions(segment).clamped(to: size.positions)
            guard !range.isEmpty else { return }
            var position = range.lowerBound
            var goesOn = true
            try log.entries(range).withUnsafeBufferPointer { block in
                try forEachLine(of: block) { entry in
                    defer { position += 1 }
                    guard goesOn, wanted.contains(where: { $0.attribute.occurs(in: entry) }) else { return }
                    let attributes = try reader.read(entry, as: .entry)
                    let subject = entry[attributes.subject]
                    if wanted.contains(where: { subject.elementsEqual($0.bytes) }) {
                        goesOn = try body(position, entry, attributes)
                    }
                }
            }
            if !goesOn { return }
        }
    }
}
