internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Projections

/// Finds events of a replica that were overtaken: their subject was taken back by somebody else, and neither author had seen
/// the other's event.
///
/// No field is in conflict then: the two wrote different ones. Only the replica whose event it is can tell its user.
struct OvertakenEdits {
    /// What is remembered of one.
    struct Finding: Hashable {
        /// The device that recorded it: the replica's, or one that it was before.
        var device: DeviceID
        var counter: Counter
        var subject: String
        /// Of the event that took the subject back.
        var position: Position
    }

    let store: SQLiteLogStore
    let stateFile: StateFile
    let own: OwnDevices

    /// What entries from a size on overtake, or show to have been overtaken.
    ///
    /// - Parameter size: up to where the log was looked at before.
    /// - Returns: each once.
    /// - Throws: what reading the log and the state throws.
    func findings(from size: LogSize) throws -> Set<Finding> {
        var findings: Set<Finding> = []
        let end = try store.head().size
        guard size < end else { return [] }
        try forEachEntry(size.positions(upTo: end), holding: Self.patterns + own.patterns) { attributes, type, entry in
            let position = attributes.position
            let subject = String(decoding: entry[attributes.event.subject], as: UTF8.self)
            if let device = own.device(of: entry[attributes.event.source], at: position) {
                guard isEdit(type), let found = try withdrawal(of: subject),
                    own.device(of: found.head.source.rawValue.utf8, at: found.head.position) == nil,
                    found.head.position < position,
                    found.head.position.rawValue >= attributes.event.basis.rawValue
                else { return }
                findings.insert(
                    Finding(
                        device: device,
                        counter: attributes.event.counter,
                        subject: subject,
                        position: found.head.position
                    )
                )
            } else if type.withdrawal != nil, try withdrawal(of: subject)?.head.position == position {
                findings.formUnion(try ownEdits(of: subject, unseenBy: attributes.event.basis, before: position))
            }
        }
        return findings
    }

    /// How a subject is shown to be withdrawn; nil when it is not.
    func withdrawal(of subject: String) throws -> (type: Catalogue.EventType, head: AgendaModel.Head)? {
        guard let kind = Catalogue.current.kind(named: String(subject.prefix { $0 != "/" })) else { return nil }
        let registers = try stateFile.registers(of: subject)
        for type in kind.types {
            guard let withdrawal = type.withdrawal,
                let head = registers.first(where: { $0.path == withdrawal.path })?.heads.first,
                head.value == withdrawal.value
            else { continue }
            return (type, head)
        }
        return nil
    }

    /// Whether events of a type write nothing of what shows that a subject was taken back: with those that do, there is a
    /// conflict to be settled.
    private func isEdit(_ type: Catalogue.EventType) -> Bool {
        let withdrawals = Catalogue.current.kind(named: type.kind)?.types.compactMap(\.withdrawal) ?? []
        return !withdrawals.contains { type.fields.contains(String($0.path.dropFirst())) }
    }

    private func ownEdits(of subject: String, unseenBy basis: LogSize, before end: Position) throws -> [Finding] {
        var found: [Finding] = []
        let size = LogSize(before: end)
        guard basis < size else { return [] }
        try forEachEntry(basis.positions(upTo: size), holding: own.patterns) { attributes, type, entry in
            guard isEdit(type), let device = own.device(of: entry[attributes.event.source], at: attributes.position),
                entry[attributes.event.subject].elementsEqual(subject.utf8)
            else { return }
            found.append(
                Finding(device: device, counter: attributes.event.counter, subject: subject, position: end)
            )
        }
        return found
    }

    private struct Attributes {
        var event: EventAttributes
        var position: Position
    }

    private static let patterns = Catalogue.current.types.filter { $0.withdrawal != nil }
        .map { BytePattern(#""type":"\#($0.name)""#) }

    /// Calls the body with the entries of these positions in which one of the patterns stands.
    private func forEachEntry(
        _ range: Range<Position>,
        holding patterns: [BytePattern],
        _ body: (Attributes, Catalogue.EventType, UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        try store.forEachEntry(in: range, holding: patterns) { position, entry, event in
            guard let type = Catalogue.current.type(named: String(decoding: entry[event.type], as: UTF8.self)) else {
                return
            }
            try body(Attributes(event: event, position: position), type, entry)
        }
    }
}
