internal import AgendaModel
internal import EventLog

/// What a verifier that goes through the whole log says of its signatures.
struct Authorship {
    /// Those that do not hold.
    private(set) var findings: [AuthorshipCheck.Finding] = []
    /// How many entries no signature covers, by device.
    let unsigned: [DeviceID: Int]

    init(of entries: [LogEntry], origin: String) {
        var check = AuthorshipCheck(origin: origin)
        var reader = EventReader()
        for (position, entry) in entries.enumerated() {
            let finding = entry.bytes.withUnsafeBufferPointer { bytes -> AuthorshipCheck.Finding? in
                guard let attributes = try? reader.read(bytes, as: .entry) else { return nil }
                return check.look(at: bytes, attributes, leaf: Merkle.leaf(bytes), position: Position(position))
            }
            if let finding { findings.append(finding) }
        }
        unsigned = Dictionary(uniqueKeysWithValues: check.unsigned.map { ($0.device, $0.count) })
    }
}

extension Outcome {
    /// A former device of a laptop, or one that is not let in any more, may leave something unsigned.
    func checkSigned(against model: inout Model) {
        let authorship = Authorship(of: entries, origin: origin)
        for finding in authorship.findings {
            model.breach(.signed, "the signature at \(finding.position): \(finding.fault.explanation)")
        }
        for laptop in laptops where !laptop.isRevoked {
            guard let count = authorship.unsigned[laptop.device] else { continue }
            model.breach(.signed, "\(count) entries of laptop \(laptop.number) are not signed")
        }
    }
}
