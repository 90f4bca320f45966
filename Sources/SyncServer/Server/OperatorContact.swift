internal import AgendaModel

/// Whom to ask about a server, as those who run it say.
package struct OperatorContact: Hashable, Sendable {
    package var name: String?
    package var email: String?
    /// The address of a page.
    package var url: String?

    /// Nobody, unless told.
    package init(name: String? = nil, email: String? = nil, url: String? = nil) {
        self.name = name
        self.email = email
        self.url = url
    }

    /// The contract in JSON with the contact in it; as it is where nothing is known.
    func added(toJSON contract: [UInt8]) -> [UInt8] {
        inserted("\"contact\": ", ",", after: "\"info\": {", in: contract)
    }

    /// The same in YAML, of which JSON is a part.
    func added(toYAML contract: [UInt8]) -> [UInt8] {
        inserted("\n  contact: ", "", after: "\ninfo:", in: contract)
    }

    private func inserted(_ before: String, _ behind: String, after start: String, in contract: [UInt8]) -> [UInt8] {
        let members = [("name", name), ("email", email), ("url", url)].compactMap { field, value in
            value.map { JSONValue.Member(field, .string($0)) }
        }
        guard !members.isEmpty,
            let place = contract.withUnsafeBufferPointer({ BytePattern(start).firstIndex(in: $0) })
        else { return contract }
        let end = place + start.utf8.count
        let contact = before + JSONValue.object(members).compact + behind
        return contract[..<end] + Array(contact.utf8) + contract[end...]
    }
}
