public import AgendaModel

/// What repairing a server did.
public struct RepairSummary: Hashable, Sendable {
    /// How many entries the server was given back.
    public var given = 0
    /// The size of its log afterwards.
    public var size = LogSize.zero
    /// The sync that followed; nil when the server does not take pushes yet.
    public var sync: SyncSummary?

    /// A repair that gave nothing, unless told otherwise.
    public init(given: Int = 0, size: LogSize = .zero, sync: SyncSummary? = nil) {
        self.given = given
        self.size = size
        self.sync = sync
    }
}
