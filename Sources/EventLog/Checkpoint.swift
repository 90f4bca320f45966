package import AgendaModel

/// The text of a C2SP tlog-checkpoint: origin, size, root.
package struct Checkpoint: Hashable, Sendable {
    package var origin: String
    package var size: LogSize
    package var root: Hash
    package init(origin: String, size: LogSize, root: Hash) {
        self.origin = origin
        self.size = size
        self.root = root
    }
}

/// A checkpoint as a C2SP signed note, verbatim.
package struct SignedCheckpoint: Hashable, Sendable {
    package var note: String
    package var checkpoint: Checkpoint
    package init(note: String, checkpoint: Checkpoint) {
        self.note = note
        self.checkpoint = checkpoint
    }
}

/// The Ed25519 key that signs a log's checkpoints; the key's name is the log's origin.
package struct LogKey: Sendable {
    package let origin: String
    package init(origin: String, seed: [UInt8]) throws(LogError) { fatalError("skeleton") }
    package static func generate(origin: String) -> LogKey { fatalError("skeleton") }
    /// The 32 bytes to keep secret.
    package var seed: [UInt8] { fatalError("skeleton") }
    package var verifier: VerifierKey { fatalError("skeleton") }
    package func sign(size: LogSize, root: Hash) -> SignedCheckpoint { fatalError("skeleton") }
}

/// A C2SP vkey for an Ed25519 key.
package struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
    package init(_ vkey: String) throws(LogError) { fatalError("skeleton") }
    package var name: String { fatalError("skeleton") }
    package var description: String { fatalError("skeleton") }
    /// Checks signature and origin (= the key's name) and gives the checkpoint.
    package func verify(_ note: String) throws(LogError) -> SignedCheckpoint { fatalError("skeleton") }
}

/// What went wrong in or with a log.
package struct LogError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// Bytes that should be a checkpoint, key or note are not.
        case malformed
        /// A signature does not hold, or the key is not the expected one.
        case badSignature
        /// Stored bytes disagree with each other or with a signed checkpoint.
        case corrupt
        /// The data was written by a newer version of this software.
        case newerFormat
        /// Another process holds the data.
        case locked
        case readOnly
        case diskFull
        /// Reading or writing failed for another reason.
        case inputOutput
        case notFound
        case alreadyExists
    }
    package var code: Code
    /// What happened, where, and what to do next; no personal data, no secrets.
    package var message: String
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
    package var description: String { message }
}
