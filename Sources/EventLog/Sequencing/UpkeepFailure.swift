/// Something that a log's writer does on its own, beside the commits, and that has failed.
///
/// No entry is lost by it, and it is tried again. Whoever runs the writer says so to people: what keeps failing costs
/// room, or keeps what should be gone.
package struct UpkeepFailure: Error, CustomStringConvertible {
    package enum Work: String, CaseIterable, Sendable {
        /// Giving whole segments their final form.
        case sealing
        /// Having nothing of what was erased left in any file.
        case scrubbing
        /// Taking over what another process has added to the log.
        case refreshing
        /// Writing down how much of the log has been shown.
        case noting
        /// Telling the time.
        case timing
    }

    package var work: Work
    /// What the store threw.
    package var error: any Error

    package init(_ work: Work, _ error: any Error) {
        self.work = work
        self.error = error
    }

    /// What happened, and what comes next; no personal data.
    package var description: String {
        switch work {
        case .sealing:
            "entries could not be sealed into a segment: \(error); none is lost, and it is tried again after the next commit"
        case .scrubbing:
            "what was erased could not be cleared out of every file: \(error); it is tried again after a while, and "
                + "whenever the log is opened"
        case .refreshing:
            "what another process has added to the log could not be read: \(error); it is tried again at the next use"
        case .timing: "\(error)"
        case .noting:
            "what has been shown of the log could not be written down: \(error); until it can, nothing new is shown"
        }
    }
}
