import AgendaModel
import EventLog
import Foundation

/// A manifest, as a server or an export has written it.
struct ReadManifest: Decodable {
    struct File: Decodable {
        var bytes: Int
        var name: String
        var sha256: String
    }

    var origin: String
    var size: Int
    var root: String?
    var digest: String?
    /// The signed note.
    var note: String?
    /// nil in what an export has written.
    var files: [File]?

    private enum CodingKeys: String, CodingKey {
        case origin, size, root, digest, files
        case note = "checkpoint"
    }

    init(at path: String) throws {
        do {
            self = try JSONDecoder().decode(ReadManifest.self, from: Data(InputFile.read(path)))
        } catch is DecodingError {
            throw Failure("\(path) is no manifest. Name it with --manifest.", code: "bad-manifest")
        }
    }

    /// What the log's key has signed, which is what the manifest is about.
    func checkpoint(by key: VerifierKey) throws -> SignedCheckpoint {
        guard let note else {
            throw Failure(
                "The manifest has no checkpoint: the log keeps none of that size. Take a snapshot of another size.",
                code: "no-checkpoint"
            )
        }
        let signed: SignedCheckpoint
        do {
            signed = try key.verify(note)
        } catch {
            throw Failure("Not proven: \(error.message).", code: "bad-signature", exitCode: 2)
        }
        let checkpoint = signed.checkpoint
        guard checkpoint.origin == origin, checkpoint.size.rawValue == size, checkpoint.root.base64 == root else {
            throw Failure(
                "Not proven: the manifest is not about what its checkpoint has.",
                code: "not-proven",
                exitCode: 2
            )
        }
        return signed
    }
}
