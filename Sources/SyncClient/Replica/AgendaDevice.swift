package import AgendaModel

/// A device, as the verified log has it.
public struct AgendaDevice: Hashable, Sendable {
    /// The device, `device/<id>`.
    public var subject: String
    /// What it is called; nil when the log does not say.
    public var name: String?
    /// Whose it is, `member/<id>`.
    public var member: String
    /// The device that it goes on from; nil for one that enrolled with an invite.
    public var continues: String?
    /// The last day, in UTC, on which it has access, `YYYY-MM-DD`; nil for ever.
    public var expires: String?
    /// Whether it only reads what anybody may of a public agenda.
    public var readsPublicOnly: Bool
    /// Whether it lost its access.
    public var isRevoked: Bool
}

extension AgendaDevice {
    /// Reads a document of the kind `device`.
    package init(_ subject: String, _ document: JSONValue) {
        self.init(
            subject: subject,
            name: document["name"]?.text,
            member: document["member"]?.text ?? "",
            continues: document["continues"]?.text,
            expires: document["expires"]?.text,
            readsPublicOnly: document["reads"]?.text == "public",
            isRevoked: document["revoked"] == .bool(true)
        )
    }
}
