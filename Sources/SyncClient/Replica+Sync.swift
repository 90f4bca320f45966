extension Replica {
    /// Sends what is pending, and brings over what is new, until both sides have the same log.
    ///
    /// The sync begins at once. Recording goes on meanwhile; what is recorded before the sync's last look at the outbox
    /// is sent along.
    ///
    /// - Parameter transport: what carries requests; nil = HTTP.
    public func sync(over transport: (any Transport)? = nil, options: SyncOptions = SyncOptions()) -> SyncRun {
        fatalError("skeleton")
    }
}
