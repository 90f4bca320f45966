package import AgendaModel

/// The end of a log.
package struct LogHead: Hashable, Sendable {
    package var size: LogSize
    /// How many segments are sealed; the entries after them are the tail.
    package var sealedSegments: Int
    /// Of the last commit; nil when the log is empty.
    package var recordedTime: Timestamp?
    /// Of exactly this size; nil when the log is empty.
    package var checkpoint: SignedCheckpoint?
    /// Is another one when an entry has been erased in its place: what was read before is out of date then.
    ///
    /// Counted up by each, from a number that a repair draws anew.
    package var erasureMark: Int
    package init(
        size: LogSize,
        sealedSegments: Int,
        recordedTime: Timestamp?,
        checkpoint: SignedCheckpoint?,
        erasureMark: Int = 0
    ) {
        self.erasureMark = erasureMark
        self.size = size
        self.sealedSegments = sealedSegments
        self.recordedTime = recordedTime
        self.checkpoint = checkpoint
    }
}
