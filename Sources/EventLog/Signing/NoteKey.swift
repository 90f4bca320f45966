/// An Ed25519 public key with a name and a type: what C2SP's verifier keys ("vkeys") hold, of logs and witnesses alike.
///
/// Source of the format: C2SP signed-note v1, "Verifier keys".
struct NoteKey: Hashable, Sendable, CustomStringConvertible {
    /// C2SP's numbers for what a key signs; all of them are Ed25519.
    enum Kind: UInt8, Sendable {
        /// Notes, such as a log's checkpoints.
        case log = 1
        /// Cosignatures of checkpoints, with their time.
        case witness = 4

        fileprivate var words: String {
            switch self {
            case .log: "type 1 (Ed25519, a log's)"
            case .witness: "type 4 (Ed25519 cosignatures, a witness's)"
            }
        }
    }

    private static let length = 32

    let kind: Kind
    /// Not empty, without white space, control characters and `+`.
    let name: String
    /// 32 bytes.
    let publicKey: [UInt8]
    /// Derived from name, kind and key: says which key made a signature.
    let keyID: UInt32

    /// - Throws: `malformed` for a name or key that cannot be one.
    init(_ kind: Kind, name: String, publicKey: [UInt8]) throws(LogError) {
        guard isKeyName(name) else {
            throw LogError(.malformed, "the name of a key is not empty and has no white space and no '+'")
        }
        guard publicKey.count == Self.length else {
            throw LogError(.malformed, "an Ed25519 public key has 32 bytes, not \(publicKey.count)")
        }
        self.kind = kind
        self.name = name
        self.publicKey = publicKey
        let digest = Hash.sha256(Array(name.utf8) + [0x0A, kind.rawValue] + publicKey)
        keyID = digest.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads `<name>+<key id, 8 lowercase hexadecimal digits>+<base64 of kind and key>`.
    ///
    /// - Throws: `malformed` when it is no such thing, or of another kind; `badSignature` when the key id is not the one
    ///   of this name and key.
    init(_ kind: Kind, _ vkey: String) throws(LogError) {
        // Base64 has '+' too: only the first two separate.
        let parts = vkey.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let key = Base64.decode(parts[2]), let type = key.first else {
            throw LogError(.malformed, "a verifier key reads <name>+<8 hexadecimal digits>+<base64>; copy it whole")
        }
        guard type == kind.rawValue else {
            throw LogError(.malformed, "the verifier key is of type \(type), and one of \(kind.words) is needed here")
        }
        try self.init(kind, name: String(parts[0]), publicKey: Array(key.dropFirst()))
        guard parts[1] == id else {
            throw LogError(.badSignature, "the verifier key's id does not belong to its name and key; copy it again")
        }
    }

    /// The key id as vkeys have it: 8 lowercase hexadecimal digits.
    var id: String { keyID.bigEndianBytes.hexadecimal }

    var description: String { "\(name)+\(id)+\(Base64.encode([kind.rawValue] + publicKey))" }

    /// Those of a note's signatures that say that they are this key's; whether they hold is for the caller to check.
    func signatures(on note: SignedNote) -> [SignedNote.Signature] {
        note.signatures.filter {
            $0.keyID == keyID && $0.name.unicodeScalars.elementsEqual(name.unicodeScalars)
        }
    }

    /// A signature line by this key, with its newline.
    func line(_ signature: [UInt8]) -> String {
        "\u{2014} \(name) \(Base64.encode(keyID.bigEndianBytes + signature))\n"
    }
}

extension UInt32 {
    fileprivate var bigEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (24 - 8 * $0)) } }
}
