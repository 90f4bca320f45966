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

    /// All documents as the read models have them, one per line, sorted bytewise by subject.
    ///
    /// Personal fields are in it when they are in the view; pending events may not be.
    @discardableResult
    package static func json(of view: StateView, in log: any LogReader, _ write: Writer) throws -> Manifest {
        precondition(view.overlay == nil, "an export holds what is in the log")
        let manifest = try Manifest(of: log, at: view.size, digest: view.digest())
        try withoutActuallyEscaping(write) { write in
            try writeDocuments(manifest, personal: view.personal, to: write) { add in
                try view.forEachDocument(kind: nil) { subject, document in
                    try add(subject, document)
                    return true
                }
            }
        }
        return manifest
    }

    /// All documents of an earlier state, in the same form.
    @discardableResult
    package static func json(
        of state: State,
        in log: any LogReader,
        personal: PersonalFields.Treatment = .included,
        _ write: Writer
    ) throws -> Manifest {
        let manifest = try Manifest(of: log, at: state.size, digest: TimeTravel.digest(of: state))
        try withoutActuallyEscaping(write) { write in
            try writeDocuments(manifest, personal: personal, to: write) { add in
                for subject in state.subjects {
                    guard let document = state.document(of: subject) else { continue }
                    if personal.shows(subject) { try add(subject, personal.apply(to: document, of: subject)) }
                }
            }
        }
        return manifest
    }

    private static let pieceSize = 1 << 16

    /// Writes `{…the manifest…,"documents":{…}}`, in pieces of a fair size.
    private static func writeDocuments(
        _ manifest: Manifest,
        personal: PersonalFields.Treatment,
        to write: @escaping Writer,
        from source: (_ add: (_ subject: String, _ document: [UInt8]) throws -> Void) throws -> Void
    ) throws {
        var piece: [UInt8] = []
        piece += "{\"format\":\"ambit-state/1\",".utf8
        piece += manifest.members
        piece += ",\"personalFields\":\(personal == .included),\"documents\":{".utf8
        var separator = "\n"
        try source { subject, document in
            piece += separator.utf8
            JSONString.append(subject, to: &piece)
            piece.append(UInt8(ascii: ":"))
            piece += document
            separator = ",\n"
            if piece.count >= pieceSize {
                try piece.withUnsafeBufferPointer(write)
                piece.removeAll(keepingCapacity: true)
            }
        }
        piece += "\n}}\n".utf8
        try piece.withUnsafeBufferPointer(write)
    }
}
