/// A store that may hear of what other processes add to its log sooner than by being asked.
package protocol ListeningLogStore: LogStore {
    /// Calls the body after other processes have added something; in place of a former one.
    ///
    /// No more than a hint: some of it may never be heard of.
    ///
    /// - Parameter body: called on any thread; must not block.
    func listen(_ body: @escaping @Sendable () -> Void)
}
