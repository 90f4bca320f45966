internal import AgendaModel
package import EventLog
internal import EventLogSQLite
internal import Files
internal import LogClient

/// The entries of a log that an export has written, given to a log that has none of them.
///
/// All of them are verified to lead to a checkpoint of the log's own key before the first is given.
package struct LogFileImport: Sendable {
    private let path: String
    private let checkpoint: SignedCheckpoint
    private let verifier: VerifierKey

    /// - Parameters:
    ///   - path: a file with entries, each followed by a newline.
    ///   - checkpoint: of exactly these entries.
    ///   - verifier: the log's key.
    package init(of path: String, checkpoint: SignedCheckpoint, verifier: VerifierKey) {
        self.path = path
        self.checkpoint = checkpoint
        self.verifier = verifier
    }

    /// Gives the entries to a log.
    ///
    /// - Parameters:
    ///   - sequencer: the log's writer.
    ///   - folder: for what passes.
    ///   - report: called with how far it is.
    /// - Throws: `LogError`: `malformed` for a file that is cut off, `badSignature` for other entries than the checkpoint's;
    ///   `ReplicaError` for entries that the log does not take.
    package func give(
        to sequencer: Sequencer,
        passing folder: String,
        report: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws {
        let store = try install(in: folder)
        defer { try? store.close() }
        let target = FolderUnderRepair(sequencer: sequencer, verifier: verifier)
        let engine = RepairEngine(
            log: store,
            target: target,
            environment: .system,
            options: .noRetries,
            report: report
        )
        do {
            _ = try await engine.run()
        } catch {
            throw ReplicaError(wrapping: error, doing: "giving back entries")
        }
    }

    /// Has the entries read as a log, which is gone afterwards.
    ///
    /// - Parameter body: is given the log.
    /// - Returns: what the body returns.
    /// - Throws: `LogError` as `give`, and what the body throws.
    package func read<Value>(_ body: (any LogReader) throws -> Value) throws -> Value {
        let folder = try Self.translating { try TemporaryFolder() }
        let store = try install(in: folder.path)
        defer { try? store.close() }
        return try body(store)
    }

    /// Has the entries as a log of its own, from which any part can be proven.
    private func install(in folder: String) throws -> SQLiteLogStore {
        let identity = LogIdentity(origin: checkpoint.checkpoint.origin, verifierKey: verifier)
        let store = try SQLiteLogStore.create(at: "\(folder)/passing.sqlite", identity: identity)
        do {
            try install(in: store)
            return store
        } catch {
            try? store.close()
            throw error
        }
    }

    private func install(in store: SQLiteLogStore) throws {
        var receiver = PullReceiver(edge: TreeEdge(), tail: [])
        let file = try Self.translating { try ReadableFile(path) }
        // What has come of an entry that has not ended.
        var begun: [UInt8] = []
        while case let piece = try Self.translating({ try file.prefix(Self.pieceLength) }), !piece.isEmpty {
            begun += piece
            let end = begun.lastIndex(of: Lines.newline).map { $0 + 1 } ?? 0
            try store.stage(receiver.receive(lines: Array(begun[..<end]), from: receiver.size.next))
            begun = Array(begun[end...])
            guard receiver.tail.count + begun.count <= Segment.maximumLength else {
                throw LogError(.malformed, "a line after entry \(receiver.size) is longer than any entry")
            }
        }
        guard begun.isEmpty else {
            throw LogError(
                .malformed,
                "\(path) ends within an entry: it was cut off; copy it again, whole"
            )
        }
        guard receiver.size == checkpoint.checkpoint.size, receiver.root == checkpoint.checkpoint.root else {
            throw LogError(
                .badSignature,
                "\(path) has \(receiver.size) entries, which are not the \(checkpoint.checkpoint.size) that the log's key has signed; take "
                    + "the file and the manifest of one snapshot"
            )
        }
        _ = try store.install(VerifiedPull(tail: receiver.tail, checkpoint: checkpoint), expecting: .zero)
    }

    /// Runs the body; what is wrong with files in it is said of the log's.
    private static func translating<Value: ~Copyable>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as FileError {
            throw LogError(error)
        }
    }

    /// In bytes.
    private static let pieceLength = 1 << 20
}
