internal import EventLog
internal import Files

/// The form of `log.key`: a line that says what it is, then the seed in base64.
enum LogKeyFile {
    private static let header = "ambit-log-key/v1"

    static func text(of key: LogKey) -> String {
        "\(header)\n\(Base64.encode(key.seed))\n"
    }

    /// Reads the key of a log.
    ///
    /// - Throws: `notFound`, `readOnly` when others may read it, `malformed`; `badSignature` for the key of another log.
    static func read(_ path: String, of identity: LogIdentity) throws -> LogKey {
        let key = try read(path, origin: identity.origin)
        guard key.verifier == identity.verifierKey else {
            throw LogError(.badSignature, "\(path) is the key of another log; put back the one made with this agenda")
        }
        return key
    }

    /// Reads a key, of whichever log.
    ///
    /// - Throws: `notFound`, `readOnly` when others may read it, `malformed`.
    static func read(_ path: String, origin: String) throws -> LogKey {
        let text = try StorageFailure.translating { try SecretFile.read(path) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 3, lines[2].isEmpty, lines[0] == header, let seed = Base64.decode(lines[1]) else {
            throw LogError(
                .malformed,
                "\(path) is no log key (\(header), then base64); put back the file that was made"
            )
        }
        return try LogKey(origin: origin, seed: seed)
    }
}
