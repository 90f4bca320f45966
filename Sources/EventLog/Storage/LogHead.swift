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
    /// How many entries have been erased in their places, counted from a number that a repair draws anew.
    ///
    /// With another number, what was read before is out of date.
    package var erasures: Int
    package init(
        size: LogSize,
        sealedSegments: Int,
        recordedTime: Timestamp?,
        checkpoint: SignedCheckpoint?,
        erasures: Int = 0
    ) {
        self.erasures = erasures
        self.size = size
        self.sealedSegments = sealedSegments
        self.recordedTime = recordedTime
        self.checkpoint = checkpoint
    }
}
