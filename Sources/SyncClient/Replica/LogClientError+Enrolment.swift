internal import LogClient
internal import SyncProtocol

extension LogClientError {
    /// What to do when this became of an enrolment with an invite, where that says whether the invite is used up.
    var stepAfterEnrolling: String? {
        switch code {
        case .noRoute, .refused:
            "the invite was not used; check the network and the address, and try again"
        case .badStatus where answer?.problem?.problem == .otherLog:
            "nothing was changed here, and the invite was not used: give the address of this replica's own agenda, and an invite to it"
        case .cut, .timeout, .cancelled:
            "try again here: the same invite lets this laptop in, also when it has been used by it"
        case .badStatus where isTransient || answer.map { $0.status >= 500 } ?? false:
            "try again later, and here: the same invite lets this laptop in, also when it has been used by it"
        default: nil
        }
    }

    /// Whether the server may have enrolled the laptop, and only its answer is missing.
    var mayHaveEnrolled: Bool {
        switch code {
        case .noRoute, .refused: false
        case .badStatus: isTransient
        default: true
        }
    }
}
