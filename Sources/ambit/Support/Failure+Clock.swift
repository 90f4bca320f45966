import AgendaModel

extension Failure {
    /// That a log would begin at a time that is hardly right.
    ///
    /// - Parameters:
    ///   - now: what this machine takes for the time.
    ///   - newest: the latest moment that the data folder tells of.
    ///   - folder: the data folder.
    /// - Returns: what is wrong, and how to go on.
    static func implausibleClock(_ now: Timestamp, after newest: Timestamp, in folder: String) -> Failure {
        Failure(
            "this machine's clock says \(now), and what is newest in \(folder) is from \(newest). A log keeps its times for ever: put "
                + "the clock right first; where it is right, go on with --accept-clock",
            code: "implausible-clock"
        )
    }
}
