/// A store that can be left behind when its log goes on in another one.
package protocol MovableLogStore: LogStore {
    /// Where the log has gone on since, in words; nil while it is here.
    ///
    /// - Throws: what reading throws.
    func destination() throws -> String?

    /// Ends the log here: durable when this returns, and whatever is added afterwards is refused, by any process.
    ///
    /// - Parameter destination: where it goes on, in words, without a password.
    /// - Throws: what writing throws.
    func leave(for destination: String) throws
}
