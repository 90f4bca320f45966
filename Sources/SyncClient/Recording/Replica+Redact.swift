public import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Projections

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
            let redaction = try store.entry(at: position).withUnsafeBufferPointer { bytes in
                let left = try ErasedEntry.replacement(of: bytes, redaction: position.next)
                return try left.withUnsafeBufferPointer { try Redaction(of: $0, at: position) }
            }
            let device = redaction.subject
            if redaction.type == "device.enrolled", try devicesInUse().contains(device) {
                throw ReplicaError(
                    .notAllowed,
                    "the entry has the key of \(device), which is in use: without it, nothing that it records could be signed",
                    nextStep: "ambit device revoke \(device) first, or rejoin its laptop, which makes it another device"
                )
            }
            return redaction
        }
    }

    /// The devices of active members that nobody has revoked.
    private func devicesInUse() throws(ReplicaError) -> [String] {
        let active = Set(try members().lazy.filter(\.isActive).map(\.subject))
        return try devices().filter { !$0.isRevoked && active.contains($0.member) }.map(\.subject)
    }

    /// What goes when entries are erased: with a member's name those of their devices, too.
    ///
    /// The entry that names a device has its key as well. So the name of a device that is still in use stays: without the key
    /// it could not sign any more.
    ///
    /// - Parameter positions: each as for `redaction(of:)`.
    /// - Returns: what goes of these entries, in their order, and then of others.
    /// - Throws: as `redaction(of:)`.
    public func redactions(of positions: [Position]) throws(ReplicaError) -> [Redaction] {
        var redactions: [Redaction] = []
        for position in positions { redactions.append(try redaction(of: position)) }
        for position in try namesOfDevices(goingWith: redactions) where !positions.contains(position) {
            redactions.append(try redaction(of: position))
        }
        return redactions
    }

    private func namesOfDevices(goingWith redactions: [Redaction]) throws(ReplicaError) -> [Position] {
        let named = Set(redactions.lazy.filter { $0.type == "member.joined" }.map(\.subject))
        guard !named.isEmpty else { return [] }
        let inUse = Set(try devicesInUse())
        let devices = try devices().filter { named.contains($0.member) && !inUse.contains($0.subject) }
        let state = try state()
        return try performing("looking at the entries that name devices") {
            try devices.flatMap { device in
                let register = try state.registers(of: device.subject).first { $0.path == "/name" }
                return (register?.heads ?? []).filter { !$0.isErased }.map(\.position)
            }
        }
    }

    /// Records that the data of entries is to be erased for good, everywhere that the redactions reach.
    ///
    /// On this laptop it is erased by the sync that sends them. Where a member's role would go with their name, it is recorded
    /// once more before.
    ///
    /// - Parameters:
    ///   - positions: each as for `redaction(of:)`.
    ///   - reason: why; stays in the log.
    ///   - law: the rule of law that asks for it.
    /// - Returns: what will go, with the events; nothing is recorded unless all are.
    /// - Throws: as `redaction(of:)`; also `invalidEvent`, and `notAllowed` for who is no admin.
    @discardableResult
    public func redact(
        _ positions: [Position],
        reason: String,
        law: String? = nil
    ) throws(ReplicaError) -> [Redaction] {
        var redactions = try redactions(of: positions)
        var data = [
            JSONValue.Member("redacted", .bool(true)),
            JSONValue.Member("reason", .string(reason)),
        ]
        if let law { data.append(JSONValue.Member("basislaw", .string(law))) }
        return try performing("recording the event") {
            let state = try state()
            _ = try recording { composer, first in
                composer.erases = true
                var events: [RecordedEvent] = []
                func add(_ type: String, about subject: String, _ data: JSONValue) throws -> RecordedEvent {
                    let draft = EventDraft(type: type, subject: subject, data: data, time: nil)
                    let event = try composer.compose(draft, counter: first + events.count)
                    events.append(event)
                    return event
                }
                for (index, redaction) in redactions.enumerated() {
                    if let standing = try standing(takenBy: redaction, in: state) {
                        redactions[index].granted = try add("member.granted", about: redaction.subject, standing)
                    }
                    let subject = "entry/\(redaction.position)"
                    redactions[index].event = try add(Tombstone.redactionType, about: subject, .object(data))
                }
                return events
            }
            return redactions
        }
    }

    /// As `redact(_:reason:law:)` for several, of a single entry.
    public func redact(_ position: Position, reason: String, law: String? = nil) throws(ReplicaError) -> Redaction {
        try redact([position], reason: reason, law: law)[0]
    }

    /// What a member's record would lose besides the name: who has which role stays for auditors to see.
    ///
    /// - Returns: data of `member.granted`; nil where a later event says it.
    private func standing(takenBy redaction: Redaction, in state: StateFile) throws -> JSONValue? {
        guard redaction.type == "member.joined",
            let document = try state.document(of: redaction.subject).map({ try JSONValue(parsing: $0) }),
            let role = document["role"]?.text
        else { return nil }
        let heads = try state.registers(of: redaction.subject).first { $0.path == "/role" }?.heads
        guard heads?.contains(where: { $0.position == redaction.position }) == true else { return nil }
        let isActive = document["active"]?.bool ?? true
        return isActive ? ["role": .string(role), "active": true] : ["role": .string(role)]
    }
}
