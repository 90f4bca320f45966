internal import LogClient

extension LogClientError {
    /// What to do when this became of an enrolment with an invite, where that says whether the invite is used up.
    var stepAfterEnrolling: String? {
        switch code {
        case .noRoute, .refused:
            "the invite was not used; check the network and the address, and try again"
        case .cut, .timeout:
            "try again; if the invite counts as used then, ask an administrator for a new one"
        case .badStatus where isTransient:
            "try again later; if the invite counts as used then, ask an administrator for a new one"
        default: nil
        }
    }
}
