package import AgendaModel

/// A member, as the verified log has it.
public struct AgendaMember: Hashable, Sendable {
    /// The member, `member/<id>`.
    public var subject: String
    /// The person's name: personal data.
    public var name: String
    /// What the member may do.
    public var role: String
    /// Whether the member takes part.
    public var isActive: Bool
}

extension AgendaMember {
    /// Reads a document of the kind `member`.
    package init(_ subject: String, _ document: JSONValue) {
        self.init(
            subject: subject,
            name: document["name"]?.text ?? "",
            role: document["role"]?.text ?? "",
            isActive: document["active"] != .bool(false)
        )
    }
}
