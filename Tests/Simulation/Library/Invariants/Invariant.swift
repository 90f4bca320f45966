/// What Ambit promises, whatever happens: the definition that every seed is held to.
package enum Invariant: String, CaseIterable, Sendable {
    /// What a server said is in the log stays in the log; or a store has lost it that nobody has a copy of, and the log says so.
    case acknowledged = "no acknowledged event is lost"
    /// No event is in the log twice.
    case once = "no event is in the log twice"
    /// Every event that somebody recorded is in the log, or refused and listed, or was discarded by its user.
    case accounted = "every recorded event is in the log, refused or discarded"
    /// The place that was told of an event is its place for ever.
    case positions = "positions never change"
    /// What a laptop has verified never changes.
    case bytes = "verified entries never change"
    /// A device's events are in the log in the order in which they were recorded.
    case order = "each device's events are in order"
    /// Every checkpoint that was ever shown is one of the log as it is in the end.
    case checkpoints = "every checkpoint extends those before"
    /// What was redacted is erased everywhere, and nothing else.
    case erased = "what was redacted is erased"
    /// In the end all replicas have the server's log.
    case sameLog = "all replicas have the same log"
    /// In the end all replicas, the server, and whoever folds the log from zero see the same state.
    case sameState = "all replicas have the same state"
    /// In the end what laptops have stored is what their entries say, as `ambit verify` looks at it.
    case sound = "what laptops have stored is sound"
    /// In the end nothing waits to be sent.
    case outboxes = "outboxes end empty"
    /// The store that is tested gives the answers of the one in memory, whatever it goes through.
    case sameStore = "the store gives the answers of a store in memory"
    /// Values that somebody saw and replaced do not come back.
    case settled = "a settled conflict stays settled"
    /// No event claims that its author had seen more than was folded.
    case basis = "the basis is never ahead of what was folded"
    /// Recorded times never go back along the log.
    case recordedTimes = "recorded times never go back"
    /// No time is recorded that is more than a day ahead of the true one, of those who write, and of what is recorded.
    case plausibleTimes = "recorded times are plausible"
    /// Whoever asks again with the same invite and the same key is let in as the same device.
    case enrolment = "an invite whose answer was lost is good"
    /// Every signature in the log holds, and in the end each laptop that is let in has signed all that the log has of it.
    case signed = "all that a laptop recorded is signed"
    /// Nobody is told of tampering, or of a server that went back, when there was none.
    case alarms = "nobody is alarmed without a reason"
    /// Without faults, everybody gets everything in a bounded number of syncs.
    case liveness = "everybody comes to an end when faults stop"
}

/// A promise that was broken.
package struct Breach: Hashable, Sendable, CustomStringConvertible {
    /// Which.
    package var invariant: Invariant
    /// What was seen.
    package var what: String

    /// Both.
    package var description: String { "\(invariant.rawValue): \(what)" }
}
