package import AgendaModel
package import EventLog

/// What a pull adds to a replica's log, once all of it has been verified against the checkpoint.
///
/// The whole segments have been staged before; this is the rest.
package struct VerifiedPull: Sendable {
    /// The entries from the greater of the replica's size and the last segment boundary below the checkpoint's size, up
    /// to that size; each followed by a newline.
    ///
    /// Empty when the log ends with a whole segment.
    package var tail: [UInt8]
    package var checkpoint: SignedCheckpoint
    /// The runs that the replica wants to find again later; it may leave out those of other devices.
    package var runs: [CounterRun]
    /// The replica's own source: events of it that are among `runs` leave the outbox.
    package var source: EventSource?
    /// The least counter that the next recorded event may get; nil = as it is.
    package var nextCounter: Counter?
    /// What the replica knows from then on.
    package var facts: [String: String?]
    /// The entries of the log that the new entries ask to be erased, those that came erased included.
    package var erasures: [Erasure]

    package init(
        tail: [UInt8],
        checkpoint: SignedCheckpoint,
        runs: [CounterRun] = [],
        source: EventSource? = nil,
        nextCounter: Counter? = nil,
        facts: [String: String?] = [:],
        erasures: [Erasure] = []
    ) {
        self.tail = tail
        self.checkpoint = checkpoint
        self.runs = runs
        self.source = source
        self.nextCounter = nextCounter
        self.facts = facts
        self.erasures = erasures
    }
}
