package import AgendaModel

/// What mirroring did.
package struct MirrorSummary: Hashable, Sendable {
    /// How many entries the mirror has.
    package var size: LogSize
    /// How many of them are new.
    package var added: Int
    /// How many entries that were mirrored have been erased since.
    package var erased = 0
    /// How many the source still has although they were to be erased.
    package var unerased = 0
}
