public import AgendaModel

/// Own entries of a replica that no signature of its device covers yet.
public struct UnsignedCount: Hashable, Sendable {
    /// How many; at least one.
    public var count: Int
    /// When the first of them was recorded, by the server's clock; nil for an entry that does not say it.
    public var since: Timestamp?
}
