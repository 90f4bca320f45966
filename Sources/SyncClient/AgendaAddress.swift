internal import EventLogSQLite

/// The address of an agenda: `http[s]://host[:port][/prefix]/agendas/<name>`.
package struct AgendaAddress: Hashable, Sendable {
    /// Without a slash at its end, user information, query or fragment.
    package let text: String
    package let name: String

    package init(_ text: String) throws(ReplicaError) {
        func invalid(_ what: String) -> ReplicaError {
            ReplicaError(
                .invalidAddress,
                "the agenda's address \(what)",
                nextStep: "give it in full: https://host/agendas/name"
            )
        }
        var rest = Substring(text)
        while rest.hasSuffix("/") { rest.removeLast() }
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 5, parts[1].isEmpty, !parts[2].isEmpty else { throw invalid("is not a web address") }
        guard ["http:", "https:"].contains(parts[0].lowercased()) else { throw invalid("must begin with https://") }
        guard !parts[2].contains("@") else { throw invalid("must not hold a user or password") }
        guard parts[parts.count - 2] == "agendas", DataFolder.isAgendaName(String(parts[parts.count - 1])) else {
            throw invalid("must end in /agendas/<name>")
        }
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !rest.contains(where: { "?#\\".contains($0) }) else {
            throw invalid("holds characters that an address cannot have")
        }
        self.text = String(rest)
        name = String(parts[parts.count - 1])
    }
}
