internal import AgendaModel
internal import EventLog

extension FuzzTarget {
    /// A signed note: as it comes, and as a text that the log's key has signed.
    package static let note = FuzzTarget(
        name: "note",
        seeds: { NoteTarget.seeds },
        reshape: { input, _, mutate in
            guard let text = NoteTarget.text(of: input) else { return mutate(&input) }
            var changed = Array(text)
            mutate(&changed)
            input = NoteTarget.signed(changed)
        },
        check: { try NoteTarget.check($0) }
    )
}

enum NoteTarget {
    static let key: LogKey = {
        guard let key = try? LogKey(origin: "log.voorbeeld.nl/agendas/proef", seed: Array(0..<32)) else {
            preconditionFailure("32 bytes are a seed")
        }
        return key
    }()

    static let witness: WitnessKey = {
        guard let key = try? WitnessKey(name: "getuige.voorbeeld.nl", seed: Array(32..<64)) else {
            preconditionFailure("32 bytes are a seed")
        }
        return key
    }()

    /// The witness's cosignature of the seeds' log of three entries.
    static let cosignature: String = {
        let three = key.sign(size: LogSize(3), root: Merkle.leaf(UnsafeBufferPointer(start: nil, count: 0)))
        guard let line = try? witness.cosign(three, at: 1_790_000_000) else {
            preconditionFailure("a checkpoint is a note")
        }
        return line
    }()

    static let seeds: [[UInt8]] = {
        let three = Array(
            key.sign(size: LogSize(3), root: Merkle.leaf(UnsafeBufferPointer(start: nil, count: 0))).note.utf8
        )
        let empty = Array(key.sign(size: .zero, root: Merkle.emptyRoot).note.utf8)
        let text = Array("log.voorbeeld.nl/agendas/proef\n12\n\(Merkle.emptyRoot.base64)\n".utf8)
        let witness = Array("\u{2014} getuige.voorbeeld.nl AAAAAAE=\n".utf8)
        return [
            three, empty, three + witness, signed(text), signed(text + Array("meer\n".utf8)),
            Array(key.verifier.description.utf8), Array(NoteTarget.witness.verifier.description.utf8),
            three + Array(cosignature.utf8),
        ]
    }()

    /// The text with this key's signature behind it, whatever the text is.
    static func signed(_ text: [UInt8]) -> [UInt8] {
        guard let signer = try? DeviceKey(seed: key.seed) else { return text }
        let digits = key.verifier.description.split(separator: "+")[1]
        let id = stride(from: 0, to: 8, by: 2).map { UInt8(digits.dropFirst($0).prefix(2), radix: 16) ?? 0 }
        let payload = Base64.encode(id + signer.sign(text))
        return text + Array("\n\u{2014} \(key.origin) \(payload)\n".utf8)
    }

    /// What is before the blank line.
    static func text(of note: [UInt8]) -> ArraySlice<UInt8>? {
        note.indices.dropLast().last { note[$0] == 0x0A && note[$0 + 1] == 0x0A }.map { note[...$0] }
    }

    static func check(_ input: [UInt8]) throws {
        try checkNote(input)
        try checkNote(signed(input))
        guard let text = String(validating: input, as: UTF8.self) else { return }
        try checkCosignature(text)
        if let read = try? CosignerKey(text) {
            try require(
                read.description.utf8.elementsEqual(input),
                "a witness's key is written differently than it is read"
            )
            try require((try? VerifierKey(text)) == nil, "a witness's key is a log's as well")
        }
        guard let read = try? VerifierKey(text) else { return }
        try require(read.description.utf8.elementsEqual(input), "a verifier key is written differently than it is read")
        try require(LogKey.isOrigin(read.name), "a verifier key with a name that no log can have")
    }

    /// Nobody cosigns here but the seeds' maker, and only one checkpoint.
    private static func checkCosignature(_ note: String) throws {
        guard let time = try? witness.verifier.cosigned(note) else { return }
        let three = key.sign(size: LogSize(3), root: Merkle.leaf(UnsafeBufferPointer(start: nil, count: 0)))
        try require(time == 1_790_000_000 && note.utf8.starts(with: three.checkpoint.text.utf8), "nobody cosigned this")
    }

    private static func checkNote(_ bytes: [UInt8]) throws {
        guard let note = String(validating: bytes, as: UTF8.self), let signed = try? key.verifier.verify(note) else {
            return
        }
        try require(signed.note.utf8.elementsEqual(bytes), "the note is not kept as it came")
        let checkpoint = signed.checkpoint
        try require(bytes.starts(with: checkpoint.text.utf8), "the checkpoint is written differently than it is read")
        try require(checkpoint.origin == key.origin && checkpoint.size >= .zero, "another log's checkpoint, or none")
        guard let text = text(of: bytes), bytes.last == 0x0A else {
            throw BrokenProperty(description: "a note without a blank line or without its last newline was accepted")
        }
        let start = Array("\u{2014} \(key.origin) ".utf8)
        let lines = bytes[(text.endIndex + 1)...].split(separator: 0x0A)
        let valid = lines.contains { line in
            guard line.starts(with: start),
                let payload = Base64.decode(String(decoding: line.dropFirst(start.count), as: UTF8.self))
            else { return false }
            return DeviceKey.isValid(Array(payload.dropFirst(4)), of: Array(text), by: key.verifier.publicKey)
        }
        try require(valid, "a note was accepted that nobody signed")
    }
}
