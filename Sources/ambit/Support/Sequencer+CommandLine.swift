import EventLog

extension Sequencer {
    /// The writer of a log in a data folder, for the time of one command.
    ///
    /// What it could not do besides is said on standard error: the server, or the next command, tries it again.
    convenience init(store: any LogStore, key: LogKey) throws {
        try self.init(store: store, key: key, environment: .system) { Output.note("ambit: \($0)") }
    }
}
