import AgendaModel
import ArgumentParser
import EventLog
import Files
import Foundation
import Projections
import Snapshots
import Wording

/// `ambit snapshot`: what was made of an agenda at one size.
struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: .told("Hold the files of a snapshot against the log that they were made of."),
        subcommands: [Verify.self]
    )

    /// Holds a file against the log's signature.
    struct Verify: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract:
                .told(
                    "Say whether a file is the one that its manifest is about, and whether the log's key has signed that."
                ),
            discussion: .told(
                """
                The manifest is the server's manifest.json, or what ambit export --manifest wrote. It is held against the \
                checkpoint in it, and the file against its length and hash there. The log's key signs entries, not files: \
                with --replay, the file is made once more from the log (-C or --data) and compared, which proves it.
                """
            )
        )

        @Argument(help: .told("The file."))
        var file: String

        @Option(help: .told("The log's verifier key.", valueName: "vkey"))
        var key: String

        @Option(help: .told("The manifest; otherwise manifest.json beside the file.", valueName: "file"))
        var manifest: String?

        @Flag(help: .told("Make the file once more from the log, and compare."))
        var replay = false

        @OptionGroup var source: LogSource
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func validate() throws {
            do {
                _ = try VerifierKey(key)
            } catch {
                throw ValidationError("--key: \(error.message)")
            }
        }

        func run() throws {
            let name = file.split(separator: "/").last.map(String.init) ?? file
            // The server gives files the agenda's name and the size too.
            guard let kind = SnapshotFile.allCases.first(where: { name.hasSuffix($0.name) }) else {
                let names = SnapshotFile.allCases.map(\.name).joined(separator: ", ")
                throw Failure("\(name) is called like no file of a snapshot: \(names).", code: "unknown-file")
            }
            let manifest = try ReadManifest(at: manifest ?? "\(Folder.path(containing: file))/manifest.json")
            let checkpoint = try manifest.checkpoint(by: VerifierKey(key)).checkpoint
            let found = try FoundFile(file, isLog: kind == .log)
            if let known = manifest.files?.first(where: { $0.name == kind.name }) {
                guard known.bytes == found.length, known.sha256 == found.hash.description else {
                    throw Self.different(
                        "\(name) is not the file that the manifest is about: its length or hash is another"
                    )
                }
            } else if kind != .log, !replay {
                throw Failure(
                    "The manifest does not have \(kind.name). Take the server's, or make the file again with --replay.",
                    code: "not-in-manifest"
                )
            }
            if let root = found.root {
                guard root == checkpoint.root, found.size == checkpoint.size else {
                    throw Self.different("the entries in \(name) are not those that the log's key has signed")
                }
            }
            if replay { try hold(found, kind: kind, against: manifest, checkpoint) }
            try show(checkpoint, kind)
        }

        /// Makes the file once more.
        private func hold(
            _ found: FoundFile,
            kind: SnapshotFile,
            against manifest: ReadManifest,
            _ checkpoint: Checkpoint
        ) throws {
            let log = try source.open()
            guard log.identity.origin == checkpoint.origin else {
                throw Failure("The log here is \(log.identity.origin), not \(checkpoint.origin).", code: "other-log")
            }
            let size = checkpoint.size
            guard try log.head().size >= size else {
                throw Failure("The log here has fewer entries than the file's \(size); sync first.", code: "beyond-log")
            }
            var hasher = Hasher256()
            let snapshot = try Replaying.showing(size) { progress in
                try kind.write(of: log, at: size, for: .members, progress: progress) { hasher.update($0) }
            }
            guard snapshot.manifest.root == checkpoint.root else {
                throw Self.different("the log here has another root at \(size) entries")
            }
            guard manifest.digest == nil || manifest.digest == snapshot.manifest.digest.description else {
                throw Self.different("the log folds to another digest than the manifest's")
            }
            guard hasher.finish() == found.hash else {
                throw Self.different("the log makes another \(kind.name); was it edited, or an entry erased since?")
            }
        }

        private static func different(_ what: String) -> Failure {
            Failure("Not proven: \(what).", code: "not-proven", exitCode: 2)
        }

        private func show(_ checkpoint: Checkpoint, _ kind: SnapshotFile) throws {
            if output.json {
                let answer = Answer(
                    file: kind.name,
                    origin: checkpoint.origin,
                    size: checkpoint.size,
                    root: checkpoint.root.base64,
                    replayed: replay
                )
                return try Output.json(answer)
            }
            let localizer = Localizer(.spoken)
            let entries = ["count": "\(checkpoint.size)", "origin": checkpoint.origin]
            let how: Message = kind == .log ? .snapshotOfEntries : replay ? .snapshotReplayed : .snapshotAsSaid
            Output.table([
                [localizer.message(.verifySigned), localizer.message(.entriesOfLog, entries)],
                [kind.name, localizer.message(how)],
            ])
        }

        private struct Answer: Encodable {
            var file: String
            var origin: String
            var size: LogSize
            var root: String
            /// Whether the file was made once more and is the same.
            var replayed: Bool
        }
    }
}

/// What is in a file.
private struct FoundFile {
    var length = 0
    var hash: Hash
    /// Of the tree over its lines; nil for what is no log.
    var root: Hash?
    /// How many lines it has.
    var size = LogSize.zero

    init(_ path: String, isLog: Bool) throws {
        let file = try ReadableFile(path)
        var hasher = Hasher256()
        var edge = TreeEdge()
        var rest: [UInt8] = []
        while true {
            let piece = try file.piece(at: length, upTo: 1 << 20)
            if piece.isEmpty { break }
            length += piece.count
            piece.withUnsafeBufferPointer { hasher.update($0) }
            guard isLog else { continue }
            rest += piece
            guard let end = rest.lastIndex(of: Lines.newline) else { continue }
            rest[...end].withUnsafeBufferPointer { block in
                Lines.forEach(in: block) { line in
                    _ = edge.append(leaf: Merkle.leaf(UnsafeBufferPointer(rebasing: block[line])))
                }
            }
            rest.removeSubrange(...end)
        }
        hash = hasher.finish()
        guard isLog else { return }
        guard rest.isEmpty else { throw Failure("\(path) ends within an entry; it was cut off.", code: "cut-off") }
        root = edge.root
        size = edge.size
    }
}
