package import AgendaModel

/// A C2SP `tlog-proof` file: a checkpoint, and how an entry leads to its root.
///
/// Ambit puts the entry itself into `extra`, so that one file is all that a verifier needs besides the key. That it stands
/// there says nothing: what counts is that its leaf leads to the signed root. The word of the device that recorded it may
/// stand behind it.
package struct Evidence: Hashable, Sendable {
    /// Longer files are refused: the longest entry, proof and note take less.
    package static let maximumLength = 256 * 1024

    private static let header = "c2sp.org/tlog-proof@v1"

    /// What stands in `extra`: the entry, in files that Ambit wrote.
    package var extra: [UInt8]?
    /// How the entry's device vouched for it, as JSON; nil where it has not, or that is not told.
    private var word: [UInt8]?
    package var position: Position
    package var proof: InclusionProof
    /// The signed checkpoint, verbatim and not verified.
    package var note: String

    package init(extra: [UInt8]?, position: Position, proof: InclusionProof, note: String) {
        self.extra = extra
        self.position = position
        self.proof = proof
        self.note = note
    }

    /// Takes an entry out of a log, with its proof up to a checkpoint.
    ///
    /// - Parameters:
    ///   - position: the entry's.
    ///   - log: where it is.
    ///   - note: a checkpoint of this log, such as one that witnesses have cosigned; nil for the log's last one.
    /// - Throws: `notFound` for a position that the log or the checkpoint does not have, and for a checkpoint of more
    ///   than the log has. `badSignature` or `malformed` for one that is not the log's. `corrupt` when what is stored
    ///   does not lead to the checkpoint. Also what the log throws.
    package init(of position: Position, in log: any LogReader, upTo note: String? = nil) throws {
        let head = try log.head()
        let signed = try note.map { try log.identity.verifierKey.verify($0) } ?? head.checkpoint
        let size = signed?.checkpoint.size ?? .zero
        guard size <= head.size else {
            throw LogError(
                .notFound,
                "the checkpoint is of \(size) entries, and the log here has \(head.size); sync first"
            )
        }
        guard size.contains(position), let signed else {
            let positions = size == .zero ? "is empty" : "has positions 0 to \(size - 1)"
            throw LogError(.notFound, "the log \(positions), not \(position)")
        }
        let entry = try log.entry(at: position)
        if let redaction = try Self.redaction(of: entry) {
            throw LogError(
                .notFound,
                "entry \(position) was erased, and nothing is left of it that evidence can be made of; entry "
                    + "\(redaction) says so, and of that one it can"
            )
        }
        self.init(
            extra: entry,
            position: position,
            proof: try InclusionProof(of: position, at: size, in: LogTree(of: log)),
            note: signed.note
        )
        do {
            _ = try verify(entry: Array(entry), by: log.identity.verifierKey)
        } catch {
            throw LogError(.corrupt, "what is stored proves nothing (\(error.message)); run 'ambit verify'")
        }
    }

    /// Adds how the device that recorded the entry vouched for it, where it has; reads the log up to there.
    ///
    /// - Parameters:
    ///   - log: where the entry is.
    ///   - unsent: as for `AuthorshipProof`.
    /// - Throws: what the log throws.
    package mutating func addAuthorship(
        from log: any LogReader,
        unsent: (EventSource) throws -> [[UInt8]] = { _ in [] }
    ) throws {
        let size = try log.identity.verifierKey.verify(note).checkpoint.size
        word = try AuthorshipProof(of: position, in: log, at: size, unsent: unsent).map { Array($0.json.utf8) }
    }

    /// Where the entry stands that had this one erased; nil for one that is whole.
    private static func redaction(of entry: [UInt8]) throws -> Position? {
        try entry.withUnsafeBufferPointer { bytes in
            guard ErasedEntry.leaf(of: bytes) != nil else { return nil }
            var reader = EventReader()
            return try reader.read(bytes, as: .entry).tombstone?.redaction
        }
    }

    /// How the entry's device vouched for it, not verified; nil where it has not, or that is not told.
    package var authorship: AuthorshipProof? { word.flatMap { AuthorshipProof(json: $0) } }

    /// Checks everything.
    ///
    /// Checked are signature and origin, and that the position is in the tree. The entry has to lead to the tree's root.
    /// Where the file says so, its device has to have signed it.
    ///
    /// - Parameters:
    ///   - entry: the bytes whose leaf is to be in the log.
    ///   - key: the log's.
    /// - Returns: the checkpoint that has been verified.
    /// - Throws: `badSignature` when the key did not sign the checkpoint, or it is another log's. `corrupt` when the
    ///   entry is not shown to be in the log. `malformed` for what is no checkpoint.
    package func verify(entry: [UInt8], by key: VerifierKey) throws(LogError) -> Checkpoint {
        let checkpoint = try key.verify(note).checkpoint
        guard position < checkpoint.size.next else {
            throw LogError(
                .corrupt,
                "the proof is for position \(position), and its checkpoint covers \(checkpoint.size) entries"
            )
        }
        let leaf = entry.withUnsafeBufferPointer { Merkle.leafHash(of: $0) }
        guard proof.verify(leaf, at: position, of: checkpoint.size, root: checkpoint.root) else {
            throw LogError(
                .corrupt,
                "the entry does not lead to the signed root: its bytes or the proof were changed, or they are of another log"
            )
        }
        if let word {
            guard let authorship = AuthorshipProof(json: word) else {
                throw LogError(.malformed, "the line 'extra' of the proof has a device's signature in another form")
            }
            _ = try authorship.verify(entry: entry, by: checkpoint)
        }
        return checkpoint
    }
}

extension Evidence {
    /// The file.
    package var text: String {
        let word = word.map { [Lines.newline] + $0 } ?? []
        let extra = extra.map { "extra \(Base64.encode($0 + word))\n" } ?? ""
        let hashes = proof.hashes.map { $0.base64 + "\n" }.joined()
        return "\(Self.header)\n\(extra)index \(position)\n\(hashes)\n\(note)"
    }

    /// Reads a file; nothing is verified.
    ///
    /// - Throws: `malformed`, with what is wrong.
    package init(_ bytes: [UInt8]) throws(LogError) {
        guard bytes.count <= Self.maximumLength else {
            throw LogError(.malformed, "a proof of more than \(Self.maximumLength) bytes is none")
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(UInt8(ascii: "\r")) else {
            throw LogError(.malformed, "the proof is not UTF-8 with newlines between its lines")
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.popFirst().map(String.init) == Self.header else {
            throw LogError(.malformed, "the first line of a proof is \(Self.header)")
        }
        var extra: [UInt8]?
        var word: [UInt8]?
        if let line = lines.first, line.hasPrefix("extra ") {
            guard let decoded = Base64.decode(line.dropFirst("extra ".count)) else {
                throw LogError(.malformed, "the line 'extra' of the proof is not base64")
            }
            // An entry never holds a newline.
            let parts = decoded.split(separator: Lines.newline, maxSplits: 1, omittingEmptySubsequences: false)
            extra = Array(parts[0])
            if parts.count == 2 { word = Array(parts[1]) }
            lines.removeFirst()
        }
        guard let line = lines.popFirst(), line.hasPrefix("index "),
            let position = Self.position(line.dropFirst("index ".count))
        else { throw LogError(.malformed, "the proof has no line 'index' with a position, or it is cut off") }
        var hashes: [Hash] = []
        while let line = lines.popFirst(), !line.isEmpty {
            guard let hash = Hash(base64: String(line)), hashes.count < InclusionProof.maximumLength else {
                throw LogError(
                    .malformed,
                    "a proof has up to \(InclusionProof.maximumLength) lines of base64 of 32 bytes; line "
                        + "\(hashes.count + 1) of them is another"
                )
            }
            hashes.append(hash)
        }
        guard !lines.isEmpty else {
            throw LogError(.malformed, "the proof is cut off before its checkpoint")
        }
        self.init(
            extra: extra,
            position: position,
            proof: InclusionProof(hashes: hashes),
            note: lines.joined(separator: "\n")
        )
        self.word = word
    }

    private static func position(_ text: Substring) -> Position? {
        guard text == "0" || !text.hasPrefix("0"), text.utf8.count <= 19,
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(text)
        else { return nil }
        return Position(number)
    }
}
