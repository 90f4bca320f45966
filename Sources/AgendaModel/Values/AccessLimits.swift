/// What a device lacks of the access that its member has: of use for a job whose token others may get to see.
public struct AccessLimits: Hashable, Sendable {
    /// The last day, in UTC, on which it has access, `YYYY-MM-DD`; nil for ever.
    public var expires: String?
    /// Whether it only reads what anybody may of a public agenda: no people, notes, devices, conflicts or history.
    public var readsPublicOnly: Bool

    /// Access for ever, to all that the member may see, unless told otherwise.
    public init(expires: String? = nil, readsPublicOnly: Bool = false) {
        self.expires = expires
        self.readsPublicOnly = readsPublicOnly
    }

    /// Whether the last day is over.
    package func hasExpired(at moment: Timestamp) -> Bool {
        expires.map { moment.description.prefix($0.count) > $0 } ?? false
    }
}
