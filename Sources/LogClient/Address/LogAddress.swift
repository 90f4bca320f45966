/// The address that a log's `checkpoint` and `tile/…` are below, whoever serves it: `http[s]://host[:port][/prefix]`.
package struct LogAddress: Hashable, Sendable {
    /// Without a slash at its end, user information, query or fragment.
    package let text: String

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
        guard ["http:", "https:"].contains(parts[0].lowercased()) else { throw invalid("must begin with https://") }
        guard !parts[2].contains("@") else { throw invalid("must not hold a user or password") }
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !rest.contains(where: { "?#\\".contains($0) }) else {
            throw invalid("holds characters that an address cannot have")
        }
        self.text = String(rest)
    }
}
