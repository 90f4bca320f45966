/// An event as it stands in the outbox.
package struct StoredEvent: Hashable, Sendable {
    /// The device's counter.
    package var id: Int
    /// Its line, without newline.
    package var bytes: [UInt8]
    /// Whether what is stored is not what was recorded: a disk changed it, or somebody did.
    package var isDamaged: Bool
}
