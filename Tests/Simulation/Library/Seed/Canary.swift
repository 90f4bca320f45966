/// A component that is broken on purpose: shows that the simulation would notice.
package enum Canary: String, CaseIterable, Sendable {
    /// A store that says a commit is written, and has not written it.
    case forgetsCommit = "forgets-commit"
    /// A store that cannot find what it wrote when it failed to say so, and so gets it twice.
    case doublesBatch = "doubles-batch"
    /// A server that names other places in its verdicts than those where the events are.
    case misreportsPositions = "misreports-positions"
    /// A server whose history was changed, and signed anew.
    case rewritesHistory = "rewrites-history"
    /// A server that puts an earlier time into its log.
    case turnsBackTime = "turns-back-time"
    /// A laptop that loses an event which waits to be sent.
    case dropsPending = "drops-pending"
    /// A laptop that lets entries count which it has not held against the checkpoint.
    case skipsVerification = "skips-verification"
    /// A laptop that folds other events than it has.
    case foldsWrong = "folds-wrong"
    /// A laptop that syncs, and does not send what waits.
    case keepsPending = "keeps-pending"
    /// A laptop that settles a conflict without saying what it has seen.
    case settlesBlindly = "settles-blindly"
    /// A laptop that claims to have seen more than it has folded.
    case claimsBasis = "claims-basis"
    /// A laptop that numbers events in another order than they were recorded in.
    case mixesOrder = "mixes-order"
    /// A network that shows one laptop the checkpoint that it has already, for ever.
    case showsOldCheckpoint = "shows-old-checkpoint"
    /// A server that is too busy for one laptop's pushes, for ever.
    case refusesForEver = "refuses-for-ever"
    /// A store adds a redaction, and does not erase.
    case keepsErased = "keeps-erased"
    /// A laptop that has lost its key, and goes on without a word.
    case losesKey = "loses-key"
    /// A disk that changes a byte of a laptop's log.
    case damagesFile = "damages-file"
    /// A network that changes a byte of what one laptop pulls.
    case flipsByte = "flips-byte"
    /// Servers that keep no note of what they have shown.
    case forgetsShown = "forgets-shown"
    /// Those who run the servers give up what laptops have.
    case givesUpEarly = "gives-up-early"
    /// Servers that record whatever their clocks say.
    case trustsClock = "trusts-clock"
    /// A store that does not know what it has.
    case answersOtherwise = "answers-otherwise"
    /// A laptop that does not prove that it is the one whose answer was lost.
    case losesProof = "loses-proof"

    /// Whether a server's guard would stop the server before anybody could be shown what is broken.
    var isSeenByGuard: Bool {
        switch self {
        case .forgetsCommit, .doublesBatch, .rewritesHistory, .turnsBackTime, .forgetsShown: true
        default: false
        }
    }

    /// Whether nobody gives back what the store lacks.
    var preventsRepair: Bool { isSeenByGuard || self == .givesUpEarly }

    /// Whether what this fault breaks, or has the guard stop, could not be mistaken for what the canary breaks.
    func allows(_ fault: Fault) -> Bool { !fault.isRetreat || self == .forgetsShown }

    /// The promise that it breaks, besides others that may follow.
    package var breaks: Invariant {
        switch self {
        // Its laptop has the events still, and sends them again.
        case .forgetsCommit: .positions
        case .doublesBatch: .once
        case .misreportsPositions: .positions
        case .rewritesHistory: .checkpoints
        case .turnsBackTime: .recordedTimes
        case .dropsPending: .accounted
        case .skipsVerification: .bytes
        case .foldsWrong: .sameState
        case .keepsPending: .outboxes
        case .settlesBlindly: .settled
        case .claimsBasis: .basis
        case .mixesOrder: .order
        case .showsOldCheckpoint: .sameLog
        case .refusesForEver: .liveness
        case .keepsErased: .erased
        case .losesKey: .signed
        case .damagesFile: .sound
        case .flipsByte: .alarms
        case .forgetsShown: .checkpoints
        case .givesUpEarly: .acknowledged
        case .trustsClock: .plausibleTimes
        case .answersOtherwise: .sameStore
        case .losesProof: .enrolment
        }
    }
}
