/// The address that a log's `checkpoint` and `tile/…` are below, whoever serves it: `http[s]://host[:port][/prefix]`.
package struct LogAddress: Hashable, Sendable {
    /// Without a slash at its end, user information, query or fragment.
    package let text: String
    /// Whether what is sent there is encrypted.
    package let isSecure: Bool
    /// The host and, where it was given, the port.
    package let authority: Authority

    /// Given, or the usual one.
    package var port: Int { authority.port ?? (isSecure ? 443 : 80) }

    /// - Throws: `LogClientError` with code `invalidAddress`.
    package init(_ text: String) throws(LogClientError) { try self.init(text, of: "log", example: "https://host/path") }

    /// - Parameters:
    ///   - text: what was given.
    ///   - owner: whose address it is, for what is said.
    ///   - example: how such an address looks.
    /// - Throws: `LogClientError` with code `invalidAddress`.
    package init(_ text: String, of owner: String, example: String) throws(LogClientError) {
        func invalid(_ what: String) -> LogClientError {
            LogClientError(.invalidAddress, "the \(owner)'s address \(what)", nextStep: "give it in full: \(example)")
        }
        var rest = Substring(text)
        while rest.hasSuffix("/") { rest.removeLast() }
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty, !parts[2].isEmpty else { throw invalid("is not a web address") }
        let scheme = parts[0].lowercased()
        guard ["http:", "https:"].contains(scheme) else { throw invalid("must begin with https://") }
        guard !parts[2].contains("@") else { throw invalid("must not hold a user or password") }
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), parts[3...].allSatisfy(Self.isSegment) else {
            throw invalid("holds characters that an address cannot have")
        }
        guard let authority = Authority(parts[2]) else {
            throw invalid("names a host that there cannot be, or a port that is not one of 1 to 65535")
        }
        self.text = String(rest)
        self.authority = authority
        isSecure = scheme == "https:"
    }

    /// Whether a text is a segment of a path: section 3.3 of RFC 3986.
    private static func isSegment(_ text: Substring) -> Bool {
        var escaped = 0
        for byte in text.utf8 {
            let isHexadecimal =
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66
            if escaped > 0 {
                guard isHexadecimal else { return false }
                escaped -= 1
            } else if byte == UInt8(ascii: "%") {
                escaped = 2
            } else if "\"#<>?[\\]^`{|}".utf8.contains(byte) {
                return false
            }
        }
        return escaped == 0
    }

    /// That a secret may be sent there: encrypted, or without leaving the machine.
    ///
    /// - Parameters:
    ///   - secret: what would be sent, for what is said.
    ///   - allowsCleartext: whether the user knows that anybody in between can read it.
    /// - Throws: `LogClientError` with code `insecure`.
    package func check(mayCarry secret: String, allowsCleartext: Bool) throws(LogClientError) {
        guard !isSecure, !authority.isLoopback, !allowsCleartext else { return }
        throw LogClientError(
            .insecure,
            "\(secret) would go to \(authority.host) over http, where anybody in between can read it",
            nextStep:
                "give the address with https://; or, on a network that you trust, add --insecure; nothing was sent"
        )
    }
}
