package import AgendaModel

/// The address of an agenda: `http[s]://host[:port][/prefix]/agendas/<name>`.
package struct AgendaAddress: Hashable, Sendable {
    /// Without a slash at its end, user information, query or fragment.
    package let text: String
    package let name: AgendaName

    /// - Throws: `LogClientError` with code `invalidAddress`.
    package init(_ text: String) throws(LogClientError) {
        let example = "https://host/agendas/name"
        let address = try LogAddress(text, of: "agenda", example: example)
        let parts = address.text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 5, parts[parts.count - 2] == "agendas",
            let name = AgendaName(rawValue: String(parts[parts.count - 1]))
        else {
            throw LogClientError(
                .invalidAddress,
                "the agenda's address must end in /agendas/<name>",
                nextStep: "give it in full: \(example)"
            )
        }
        self.text = address.text
        self.name = name
    }
}
