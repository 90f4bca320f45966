import EventLog

extension UpkeepFailure {
    /// Says on standard error what the writer of a log in a data folder could not do besides.
    ///
    /// The server, or the next command, tries it again.
    static let onStandardError: @Sendable (UpkeepFailure) -> Void = { Output.note("ambit: \($0)") }
}
