/// The address of an agenda: `http[s]://host[:port][/prefix]/agendas/<name>`.
package struct AgendaAddress: Hashable, Sendable {
    /// Without a slash at its end, user information, query or fragment.
    package let text: String
    package let name: String

    /// - Throws: `LogClientError` with code `invalidAddress`.
    package init(_ text: String) throws(LogClientError) {
        let example = "https://host/agendas/name"
        let address = try LogAddress(text, of: "agenda", example: example)
        let parts = address.text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 5, parts[parts.count - 2] == "agendas", Self.isName(parts[parts.count - 1]) else {
            throw LogClientError(
                .invalidAddress,
                "the agenda's address must end in /agendas/<name>",
                nextStep: "give it in full: \(example)"
            )
        }
        self.text = address.text
        name = String(parts[parts.count - 1])
    }

    /// 1 to 63 of a-z, 0-9 and `-`, no hyphen at either end.
    private static func isName(_ name: Substring) -> Bool {
        let allowed = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        return allowed && (1...63).contains(name.utf8.count) && !name.hasPrefix("-") && !name.hasSuffix("-")
    }
}
