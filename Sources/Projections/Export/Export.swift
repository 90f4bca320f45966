package import AgendaModel
package import EventLog

/// Snapshots of a log or of its state.
///
/// Each is the same bytes for the same size, wherever and whenever it is made, and
/// is given piece by piece.
package enum Export {
    /// Takes the next piece.
    package typealias Writer = (UnsafeBufferPointer<UInt8>) throws -> Void

    /// The log itself: the first `size` entries, one per line.
    package static func ndjson(of log: any LogReader, upTo size: LogSize, _ write: Writer) throws {
        try TimeTravel.check(size, in: log)
        guard size > .zero else { return }
        try log.forEachBlock(in: LogSize.zero.next..<size.next) { _, _, entries in try write(entries) }
    }

    /// All documents of a state, one per line, sorted bytewise by subject.
    ///
    /// - Parameters:
    ///   - state: what is exported.
    ///   - manifest: what it is of.
    ///   - personal: whether personal fields are in it.
    ///   - write: takes the next pieces.
    /// - Throws: what the state and the writer throw.
    package static func json(
        of state: FoldedState,
        with manifest: Manifest,
        personal: PersonalFields.Treatment = .included,
        _ write: Writer
    ) throws {
        var piece: [UInt8] = []
        piece += "{\"format\":\"ambit-state/1\",".utf8
        // Who may not see everything could try guesses on what is made of everything.
        piece += personal == .included ? manifest.members : manifest.openMembers
        piece += ",\"personalFields\":\(personal == .included),\"documents\":{".utf8
        var separator = "\n"
        try state.forEachSubject { subject in
            guard personal.shows(subject.name) else { return }
            piece += separator.utf8
            JSONString.append(subject.name, to: &piece)
            piece.append(UInt8(ascii: ":"))
            piece += try personal.apply(to: subject.document, of: subject.name)
            separator = ",\n"
            if piece.count >= pieceSize {
                try piece.withUnsafeBufferPointer(write)
                piece.removeAll(keepingCapacity: true)
            }
        }
        piece += "\n}}\n".utf8
        try piece.withUnsafeBufferPointer(write)
    }

    private static let pieceSize = 1 << 16
}
