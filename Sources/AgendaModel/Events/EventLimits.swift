/// Limits on one event.
///
/// What is larger is refused before it is looked at any further.
public enum EventLimits {
    /// Bytes of an event's line as a device writes it, without its newline.
    public static let eventBytes = 60_000
    /// What an entry has more than its event: `,"recordedtime":"2026-11-12T10:11:12.123Z"`.
    public static let recordedTimeBytes = 42
    /// Bytes of a tombstone: what fits into an entry bundle (c2sp.org/tlog-tiles).
    ///
    /// A tombstone lists the pointers to an event's leaves. They can be longer than the event itself, when it writes a
    /// thousand fields with next to nothing in them.
    public static let tombstoneBytes = 65_535
    /// Objects and arrays inside each other, `data` being the first.
    public static let depth = 32
    /// Bytes of the pointer (RFC 6901) to a member of `data`, its leading `/` included.
    ///
    /// A long name above many members would be written out once for each of them.
    public static let pointerBytes = 1024
    /// Attributes that this version does not know.
    public static let extensionAttributes = 16
    /// Bytes of the name of an attribute that this version does not know (CloudEvents 1.0, section 3.1).
    public static let extensionNameBytes = 20
    /// Bytes of `<kind>/<id>`.
    public static let subjectBytes = 100
    /// Bytes of `<kind>.<verb>`.
    public static let typeBytes = 80
    /// What a subject may hold, in bytes, as `SubjectWeight` adds it up: 1 MiB.
    ///
    /// That is some 5,000 partners of a project, or 17 texts that are as long as an event can be. Whoever reads a subject
    /// has all of it in memory several times, and a state file's writer keeps 64 MiB.
    public static let heldBytes = 1 << 20
    /// What the entries of a subject's maps may hold of that, in bytes: 768 KiB.
    ///
    /// An entry that was taken away weighs too, and nothing takes that away. The rest is for what can always be replaced.
    public static let heldEntryBytes = 768 << 10
    /// The greatest magnitude of a number: 2^53 - 1 (RFC 7493, section 2.2).
    public static let maximumNumber = 9_007_199_254_740_991
}
