/// Where a server keeps its mark of what it has shown: apart from the log, so that it stays when the log goes back.
///
/// Any task or queue may call it, in any process.
package protocol SeenRecord: Sendable {
    /// Reads the mark and, where the body gives another one, writes it: nobody else does so meanwhile.
    ///
    /// The mark that is written outlasts the process. After `sync`, it lasts through a power cut too.
    ///
    /// - Parameter body: gets the mark that there is, nil when there is none that can be read. It gives the mark to
    ///   write, nil to leave everything as it is.
    /// - Throws: `LogError`; what the body throws.
    func update(_ body: (SeenMark?) throws -> SeenMark?) throws

    /// Has the mark last through a power cut.
    ///
    /// - Throws: `LogError`.
    func sync() throws
}

extension SeenRecord {
    /// The mark; nil when there is none that can be read.
    ///
    /// - Throws: `LogError`.
    package func mark() throws -> SeenMark? {
        var found: SeenMark?
        try update { mark in
            found = mark
            return nil
        }
        return found
    }
}
