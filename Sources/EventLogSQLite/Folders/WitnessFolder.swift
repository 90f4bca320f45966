package import EventLog
internal import Files
internal import Foundation

/// A witness's folder: its key, of each log the last checkpoint that it cosigned, in a file of its own, and evidence
/// against logs that went back on what they had signed.
///
/// One process at a time: two that do not know of each other could cosign two histories.
package final class WitnessFolder: WitnessMemory {
    private let path: String
    private let lock: FileLock

    /// Opens the folder of a witness that was made.
    ///
    /// - Throws: `notFound`, `locked` when another process has it open, `readOnly`.
    package init(at path: String) throws {
        guard let text = try? SecretFile.read("\(path)/witness.key"), !text.isEmpty else {
            throw LogError(
                .notFound,
                "\(path) is no folder of a witness that can be read; ambit witness create makes one"
            )
        }
        self.path = path
        guard let lock = try StorageFailure.translating({ try FileLock("\(path)/lock") }) else {
            throw LogError(.locked, "another process is the witness of \(path) already; stop it, or use another folder")
        }
        self.lock = lock
    }

    /// Makes a folder with a new key.
    ///
    /// - Throws: `malformed` for a name that no key can have, `alreadyExists`, `notFound`, `readOnly`, `diskFull`,
    ///   `inputOutput`.
    package static func create(at path: String, name: String) throws -> CosignerKey {
        let key = try WitnessKey.generate(name: name)
        try ReplicaMarks.refuse(path)
        try StorageFailure.translating {
            try Folder(path).make()
            try SecretFile.write("\(header)\n\(name)\n\(Base64.encode(key.seed))\n", at: "\(path)/witness.key")
        }
        return key.verifier
    }

    /// The witness's key.
    ///
    /// - Throws: `malformed`, `readOnly` when others may read it, `notFound`.
    package func key() throws -> WitnessKey {
        let text = try StorageFailure.translating { try SecretFile.read("\(path)/witness.key") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[0] == Self.header, let seed = Base64.decode(lines[2]), lines[3].isEmpty else {
            throw LogError(.malformed, "\(path)/witness.key is no key of a witness; put back the file that was made")
        }
        return try WitnessKey(name: String(lines[1]), seed: seed)
    }

    private static let header = "ambit-witness-key/v1"

    /// The note that is kept of a log; nil when there is none.
    package func note(of origin: String) throws -> String? {
        let file = file(of: origin)
        let bytes: [UInt8]?
        do {
            bytes = try ReadableFile(file).contents(upTo: AddCheckpoint.maximumBytes)
        } catch let error as FileError where error.code == .notFound {
            return nil
        } catch let error as FileError {
            throw LogError(error)
        }
        guard let bytes, let note = String(validating: bytes, as: UTF8.self) else {
            throw LogError(.malformed, "\(file) is not what a witness keeps; put it back from a backup")
        }
        return note
    }

    /// Replaces what is kept of a log: whole or not at all, on the disk when this returns.
    package func keep(_ note: String, of origin: String) throws {
        try StorageFailure.translating { try SecretFile.write(note, at: file(of: origin), replacing: true) }
    }

    /// Writes evidence into the folder `evidence`, as JSON, for its owner to read.
    ///
    /// - Throws: `readOnly`, `diskFull`, `inputOutput`.
    package func keep(_ evidence: WitnessEvidence, of origin: String) throws {
        let file = "\(evidenceFolder)/\(Hash.sha256(Array(origin.utf8)))-\(evidence.name).json"
        // A log can make any number of histories. The first ones show enough.
        guard !FileEntry(file).exists, try self.evidence(against: origin) < Self.maximumEvidence else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(evidence), as: UTF8.self) + "\n"
        try StorageFailure.translating {
            if try Folder(evidenceFolder).make() { try Folder(path).sync() }
            try SecretFile.write(text, at: file)
        }
    }

    /// How many pieces of evidence there are against a log.
    package func evidence(against origin: String) throws -> Int {
        guard FileEntry(evidenceFolder).exists else { return 0 }
        let start = "\(Hash.sha256(Array(origin.utf8)))-"
        return try StorageFailure.translating {
            try Folder(evidenceFolder).names().count { $0.hasPrefix(start) && $0.hasSuffix(".json") }
        }
    }

    private static let maximumEvidence = 16
    private var evidenceFolder: String { "\(path)/evidence" }

    private func file(of origin: String) -> String { "\(path)/\(Hash.sha256(Array(origin.utf8)))" }
}
