package import AgendaModel

/// Everything that one storage transaction adds.
package struct Commit: Sendable {
    package var first: Position
    package var count: Int
    /// Of all entries; of the last one when they are given back.
    package var recordedTime: Timestamp
    /// The entries, each followed by a newline.
    package var entries: [UInt8]
    package var runs: [CounterRun]
    /// Subjects that came to exist, with the position of their creating event.
    package var subjects: [(name: String, position: Position)]
    /// nil when the commit only holds rejections or access changes (count 0).
    package var checkpoint: SignedCheckpoint?
    package var rejections: [Rejection]
    package var access: [AccessChange]
    /// The segments that become whole with this commit, the next ones in order, when it brings them sealed.
    ///
    /// They are kept in place of their entries, which then never have to be written on their own.
    package var sealed: [Segment]
    /// Whether the entries were in the log before it was put back from a backup.
    ///
    /// They have recorded times of their own, and keep their identities also where these have been refused since.
    package var isRepair: Bool
    /// Entries of the log with this commit that are replaced by what is left of them.
    ///
    /// Those that have been erased, or cannot be, stay as they are.
    package var erasures: [Erasure]
    package init(
        first: Position,
        count: Int,
        recordedTime: Timestamp,
        entries: [UInt8],
        runs: [CounterRun] = [],
        subjects: [(name: String, position: Position)] = [],
        checkpoint: SignedCheckpoint?,
        rejections: [Rejection] = [],
        access: [AccessChange] = [],
        sealed: [Segment] = [],
        isRepair: Bool = false,
        erasures: [Erasure] = []
    ) {
        self.first = first
        self.count = count
        self.recordedTime = recordedTime
        self.entries = entries
        self.runs = runs
        self.subjects = subjects
        self.checkpoint = checkpoint
        self.rejections = rejections
        self.access = access
        self.sealed = sealed
        self.isRepair = isRepair
        self.erasures = erasures
    }
}
