package import AgendaModel

/// The address of an agenda: `http[s]://host[:port][/prefix]/agendas/<name>`.
package struct AgendaAddress: Hashable, Sendable {
    /// The same as that of its log.
    package let log: LogAddress
    package let name: AgendaName

    /// Without a slash at its end, user information, query or fragment.
    package var text: String { log.text }

    /// - Throws: `LogClientError` with code `invalidAddress`.
    package init(_ text: String) throws(LogClientError) {
        let example = "https://host/agendas/name"
        log = try LogAddress(text, of: "agenda", example: example)
        let parts = log.text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 5, parts[parts.count - 2] == "agendas",
            let name = AgendaName(rawValue: String(parts[parts.count - 1]))
        else {
            throw LogClientError(
                .invalidAddress,
                "the agenda's address must end in /agendas/<name>",
                nextStep: "give it in full: \(example)"
            )
        }
        self.name = name
    }
}
