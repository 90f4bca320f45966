package import AgendaModel
internal import SyncProtocol

/// The address of an agenda, as people pass it on: `http[s]://host[:port][/prefix]/agendas/<name>`.
package struct AgendaAddress: Hashable, Sendable {
    /// Where programs ask, `…/v1/agendas/<name>`: its log is there too.
    package let log: LogAddress
    package let name: AgendaName
    /// Without a slash at its end, user information, query or fragment.
    package let text: String

    /// - Throws: `LogClientError` with code `invalidAddress`.
    package init(_ text: String) throws(LogClientError) {
        let link = try LogAddress(text, of: "agenda", example: Self.example)
        var parts = link.text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 5, let name = AgendaName(rawValue: String(parts.removeLast())),
            parts.removeLast() == "agendas"
        else {
            throw LogClientError(
                .invalidAddress,
                "the agenda's address must end in /agendas/<name>",
                nextStep: "give it in full: \(Self.example)"
            )
        }
        let base = parts.joined(separator: "/")
        guard !base.hasSuffix(ProtocolConstants.base) else {
            throw LogClientError(
                .invalidAddress,
                "this is where programs ask, not the agenda's address",
                nextStep: "leave \(ProtocolConstants.base) out: \(Self.example)"
            )
        }
        self.text = link.text
        self.name = name
        log = try LogAddress("\(base)\(ProtocolConstants.base)/agendas/\(name)", of: "agenda", example: Self.example)
    }

    private static let example = "https://host/agendas/name"
}

extension LogAddress {
    /// The address of a log that somebody gave: that of an agenda stands for where its log is.
    ///
    /// - Throws: `LogClientError` with code `invalidAddress`.
    package init(given text: String) throws(LogClientError) {
        if let agenda = try? AgendaAddress(text) {
            self = agenda.log
        } else {
            try self.init(text)
        }
    }
}
