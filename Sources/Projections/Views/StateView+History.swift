package import AgendaModel
package import EventLog
internal import GRDB

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

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
        guard let attribute = SubjectAttribute(subject) else { return }
        var reader = EventReader()
        for segment in try Mentions.segments(mentioning: subject, db) {
            let range = Segment.positions(segment).clamped(to: size.positions)
            guard !range.isEmpty else { return }
            var position = range.lowerBound
            var goesOn = true
            try log.entries(range).withUnsafeBufferPointer { block in
                try forEachLine(of: block) { entry in
                    defer { position += 1 }
                    guard goesOn, attribute.occurs(in: entry) else { return }
                    let attributes = try reader.read(entry, as: .entry)
                    if entry[attributes.subject].elementsEqual(wanted) {
                        goesOn = try body(position, entry)
                    }
                }
            }
            if !goesOn { return }
        }
    }
}

/// The attribute that an entry about a subject has, whatever the order of its attributes.
///
/// Few other entries have these bytes, so that only few need to be read.
private struct SubjectAttribute {
    private let bytes: [UInt8]
    private let slash: Int

    /// nil for text that is no subject.
    init?(_ subject: String) {
        bytes = Array("\"subject\":\"\(subject)\"".utf8)
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        self.slash = slash
    }

    func occurs(in entry: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = entry.baseAddress else { return false }
        var from = slash
        let last = entry.count - (bytes.count - slash)
        while from <= last, let found = memchr(base + from, Int32(UInt8(ascii: "/")), last - from + 1) {
            let at = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if memcmp(base + at - slash, bytes, bytes.count) == 0 { return true }
            from = at + 1
        }
        return false
    }
}
