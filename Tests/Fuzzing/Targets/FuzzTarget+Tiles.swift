internal import AgendaModel
internal import EventLog

// What C2SP's tlog-tiles and tlog-proof bring: from servers, mirrors, and people with a file.

extension FuzzTarget {
    /// An evidence file: as it comes, and with its checkpoint's text signed by the log's key.
    package static let evidence = FuzzTarget(
        name: "evidence",
        seeds: { EvidenceTarget.seeds },
        check: { try EvidenceTarget.check($0) }
    )

    /// What is sent to a witness.
    package static let submission = FuzzTarget(
        name: "submission",
        seeds: {
            let note = String(decoding: NoteTarget.seeds[0], as: UTF8.self)
            let hash = Merkle.emptyRoot
            return [0, 1, 2].map { count in
                let proof = ConsistencyProof(hashes: [Hash](repeating: hash, count: count))
                return AddCheckpoint(old: LogSize(count), proof: proof, note: note).body
            }
        }
    ) { input in
        guard let submission = try? AddCheckpoint(input) else { return }
        try require(submission.body == input, "a submission is written differently than it is read")
        try require(submission.proof.hashes.count <= 63 && submission.old >= .zero, "the numbers")
        let decision = WitnessRule.decide(on: submission, of: NoteTarget.key.verifier, seen: nil)
        // Only the seeds' maker signs here.
        guard case .cosign(let checkpoint) = decision else { return }
        try require(checkpoint.checkpoint.size == LogSize(3), "a checkpoint was taken that nobody signed")
    }

    /// A tile's path.
    package static let tile = FuzzTarget(
        name: "tile",
        seeds: {
            ["tile/0/000", "tile/63/x001/x234/067.p/255", "tile/entries/x001/000.p/1", "tile/1/999.p/16"]
                .map { Array($0.utf8) }
        }
    ) { input in
        guard let path = String(validating: input, as: UTF8.self), let tile = Tile(path: path) else { return }
        try require(Array(tile.path.utf8) == input, "\(path) is another path of \(tile.path)")
        try require((1...256).contains(tile.width) && (0...63).contains(tile.level) && tile.index >= 0, "the numbers")
        try require(!tile.exists(at: .zero), "a tile of an empty log")
        _ = tile.exists(at: LogSize(Int.max))
    }

    /// An entry bundle of two entries.
    package static let bundle = FuzzTarget(
        name: "bundle",
        seeds: { [[0, 1, 0x61, 0, 2, 0x62, 0x63], [0, 0, 0, 0], [0, 3, 1, 2, 3, 0, 0]] }
    ) { input in
        guard let ranges = try? EntryBundle.ranges(in: input, count: 2) else { return }
        let written = ranges.flatMap { range in
            [UInt8(range.count >> 8), UInt8(range.count & 0xFF)] + input[range]
        }
        try require(ranges.count == 2 && written == input, "a bundle is written differently than it is read")
    }
}

enum EvidenceTarget {
    private static let entries = (0..<3).map { Array("{\"nummer\":\($0)}".utf8) }
    private static let leaves = entries.map { entry in entry.withUnsafeBufferPointer { Merkle.leaf($0) } }

    static let seeds: [[UInt8]] = {
        let root = Merkle.node(Merkle.node(leaves[0], leaves[1]), leaves[2])
        let note = NoteTarget.key.sign(size: LogSize(3), root: root).note
        let proofs = [[leaves[1], leaves[2]], [leaves[0], leaves[2]], [Merkle.node(leaves[0], leaves[1])]]
        return proofs.enumerated().map { position, hashes in
            let extra = position == 1 ? nil : entries[position]
            let evidence = Evidence(
                extra: extra,
                position: Position(position),
                proof: InclusionProof(hashes: hashes),
                note: note
            )
            return Array(evidence.text.utf8)
        }
    }()

    static func check(_ input: [UInt8]) throws {
        guard let evidence = try? Evidence(input) else { return }
        try require(Array(evidence.text.utf8) == input, "evidence is written differently than it is read")
        try require(evidence.position.rawValue >= 0 && evidence.proof.hashes.count <= 63, "the numbers")
        guard let entry = evidence.extra,
            let checkpoint = try? evidence.verify(entry: entry, by: NoteTarget.key.verifier)
        else { return }
        // Nobody signs here but the seeds' maker, so only the seeds' entries can be proven, where they stand.
        try require(checkpoint.size == LogSize(3), "a checkpoint was taken that nobody signed")
        try require(entries[evidence.position.rawValue] == entry, "an entry was taken that is not in the log")
    }
}
