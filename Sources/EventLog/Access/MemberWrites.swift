internal import AgendaModel

/// What an event sets of a member: registers of the member's document that decide on access.
struct MemberRights: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let role = MemberRights(rawValue: 1)
    /// Whether the member takes part.
    static let active = MemberRights(rawValue: 2)
}

/// An entry that sets rights of a member.
struct MemberWrite: Sendable {
    var member: String
    var rights: MemberRights
    var source: EventSource
    var position: Position
}

/// What others than one source have set of some members' rights, in a stretch of the log.
///
/// An event that sets the same without having seen it is refused. So what is set last in the log is what its author
/// meant to hold. Whoever folds the log, and whoever goes through it in order, come to the same rights.
struct MemberWrites: Sendable {
    private let source: EventSource
    private let members: Set<String>
    private let pattern: BytePattern
    /// Of each member, where each right was set last.
    private var last: [String: [MemberRights: Position]] = [:]
    /// How much of the log has been looked at, or needs no look.
    private var end: LogSize
    private var reader = EventReader()

    /// - Parameters:
    ///   - members: whose rights these are; not empty.
    ///   - source: who has seen what they wrote themselves.
    ///   - start: how much of the log needs no look.
    init(of members: Set<String>, butBy source: EventSource, after start: LogSize) {
        self.source = source
        self.members = members
        // Subjects are written without escapes.
        pattern = BytePattern(members.count == 1 ? "\"\(members.first ?? "")\"" : "\"\(MemberID.prefix)")
        end = start
    }

    /// Takes in what the log has, up to a size; only what has not been looked at is read.
    ///
    /// Blocks.
    ///
    /// - Throws: `LogError` with `corrupt` for an entry that cannot be read, or what the store throws.
    mutating func read(upTo size: LogSize, of store: any LogReader) throws {
        guard end < size else { return }
        try store.forEachBlock(in: end.positions(upTo: size)) { first, _, block in
            guard pattern.firstIndex(in: block) != nil else { return }
            var position = first
            try Lines.forEach(in: block) { line in
                let entry = UnsafeBufferPointer(rebasing: block[line])
                if pattern.firstIndex(in: entry) != nil, let found = try write(in: entry, at: position) { add(found) }
                position += 1
            }
        }
        end = size
    }

    /// Takes in what an entry sets, unless it is none of this.
    mutating func add(_ write: MemberWrite) {
        guard write.source != source, members.contains(write.member) else { return }
        for right in [MemberRights.role, .active] where write.rights.contains(right) {
            last[write.member, default: [:]][right] = write.position
        }
    }

    /// Where one of these rights of a member was set last that whoever has this basis has not seen; nil when nowhere.
    func unseen(from basis: LogSize, of member: String, setting rights: MemberRights) -> Position? {
        guard let last = last[member] else { return nil }
        return last.filter { rights.contains($0.key) && !basis.contains($0.value) }.values.max()
    }

    /// What an entry sets; nil when it sets no rights of a member.
    private mutating func write(in entry: UnsafeBufferPointer<UInt8>, at position: Position) throws -> MemberWrite? {
        let attributes: EventAttributes
        do {
            attributes = try reader.read(entry, as: .entry)
        } catch {
            throw LogError(.corrupt, "an entry of the log cannot be read; run 'ambit verify'")
        }
        func text(_ range: Range<Int>) -> String { String(decoding: entry[range], as: UTF8.self) }
        let (type, subject) = (text(attributes.type), text(attributes.subject))
        guard members.contains(subject) else { return nil }
        let data = UnsafeBufferPointer(rebasing: entry[attributes.data])
        let isErased = attributes.tombstone != nil
        let rights = isErased ? Self.rights(erased: type) : AccessEvent(type: type, data: data)?.rights
        guard let rights, !rights.isEmpty else { return nil }
        let source = EventSource(unchecked: text(attributes.source))
        return MemberWrite(member: subject, rights: rights, source: source, position: position)
    }

    /// What an entry set that was erased since: of those that set rights, only the one by which a member joined can be.
    private static func rights(erased type: String) -> MemberRights {
        type == "member.joined" ? [.role, .active] : []
    }
}

extension Push {
    /// What a line of it sets of the member that it is about.
    func rights(setBy line: Line) -> MemberRights {
        line.accessEvent < 0 ? [] : accessEvents[Int(line.accessEvent)].rights
    }

    /// Whether events of it set rights of members.
    var setsRights: Bool { accessEvents.contains { !$0.rights.isEmpty } }

    /// What its events have to be held against that set rights, still without what the log says.
    ///
    /// - Parameter last: lines with counters up to this one are not looked at.
    /// - Returns: nil when no other line sets any.
    func memberWrites(after last: Int) -> MemberWrites? {
        guard setsRights else { return nil }
        var members: Set<String> = []
        var start = Int.max
        for line in lines where line.problem < 0 && line.counter > last && !rights(setBy: line).isEmpty {
            members.insert(names.names[Int(line.subject)])
            start = min(start, line.basis)
        }
        return members.isEmpty ? nil : MemberWrites(of: members, butBy: source, after: LogSize(start))
    }
}
