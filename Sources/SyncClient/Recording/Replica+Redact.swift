public import AgendaModel
internal import EventLog
internal import EventLogSQLite

extension Replica {
    /// Looks at what erasing an entry would take away; nothing is recorded.
    ///
    /// - Parameter position: where the entry stands in the log, as far as it has been synced here.
    /// - Returns: what stays of it, and what goes.
    /// - Throws: `ReplicaError`: `unknownSubject` for positions beyond the log, `notAllowed` for entries that cannot be
    ///   erased or have been, or one about files.
    public func redaction(of position: Position) throws(ReplicaError) -> Redaction {
        try performing("looking at the entry") {
            let size = try store.head().size
            guard position >= Position(0) && size.contains(position) else {
                throw ReplicaError(
                    .unknownSubject,
                    "the log has \(size) entries on this laptop, from position 0 on, and none at \(position)",
                    nextStep: "ambit log gives positions; what others recorded later comes with a sync"
                )
            }
            return try store.entry(at: position).withUnsafeBufferPointer { bytes in
                let left = try ErasedEntry.replacement(of: bytes, redaction: position.next)
                return try left.withUnsafeBufferPointer { try Redaction(of: $0, at: position) }
            }
        }
    }

    /// Records that an entry's data is to be erased: for good, everywhere that the redaction reaches, and on this laptop
    /// with the sync that sends it.
    ///
    /// - Parameters:
    ///   - position: as for `redaction(of:)`.
    ///   - reason: why; stays in the log.
    ///   - law: the rule of law that asks for it.
    /// - Returns: what will go, with the event.
    /// - Throws: as `redaction(of:)`; also `invalidEvent`, and `notAllowed` for who is no admin.
    public func redact(_ position: Position, reason: String, law: String? = nil) throws(ReplicaError) -> Redaction {
        var redaction = try redaction(of: position)
        var data = [
            JSONValue.Member("redacted", .bool(true)),
            JSONValue.Member("reason", .string(reason)),
        ]
        if let law { data.append(JSONValue.Member("basislaw", .string(law))) }
        redaction.event = try record(
            type: Tombstone.redactionType,
            subject: "entry/\(position)",
            data: .object(data)
        )
        return redaction
    }
}
