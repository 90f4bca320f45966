internal import AgendaModel
internal import EventLog
internal import GRDB

/// Subjects as they were at earlier sizes of a log, from the read models and the few segments that say more.
///
/// What nobody has written since is as the read models have it. Of the rest the log is read backwards, by the segments
/// that mention the subject. It is read until what an author had seen shows that nothing older is left.
final class PastSubjects {
    private let view: StateView
    private let log: any LogReader
    /// As the view has them.
    private var present: [String: [Register]] = [:]
    /// What was shown from which size on, by subject and path.
    private var timelines: [String: [String: [(size: LogSize, value: [UInt8]?)]]] = [:]
    private lazy var mentions = Result { try Mentions.all(view.db) }
    private var reader = EventReader()

    init(_ view: StateView, _ log: any LogReader) {
        self.view = view
        self.log = log
    }

    /// What was shown at a path of a subject's document, as JSON; nil when there was nothing.
    func value(of subject: String, at path: String, size: LogSize) throws -> [UInt8]? {
        guard let register = try registers(of: subject).first(where: { $0.path == path }) else { return nil }
        if register.isOlder(than: size) { return register.heads.first?.value }
        return try past(of: subject, at: size, paths: [path], mustExist: true)?.first { $0.path == path }?.heads.first?
            .value
    }

    /// The same for whoever asks about many sizes: what has changed since is read once, from its beginning on.
    func shown(of subject: String, at path: String, size: LogSize) throws -> [UInt8]? {
        guard let register = try registers(of: subject).first(where: { $0.path == path }) else { return nil }
        if register.isOlder(than: size) { return register.heads.first?.value }
        return try timeline(of: subject, at: path).last { $0.size <= size }?.value
    }

    private func timeline(of subject: String, at path: String) throws -> [(size: LogSize, value: [UInt8]?)] {
        if let known = timelines[subject]?[path] { return known }
        var found: [(size: LogSize, value: [UInt8]?)] = []
        var state = State()
        for segment in try mentions.get().segments(mentioning: subject) {
            for (position, bytes) in try read(
                Segment.positions(segment).clamped(to: view.size.positions),
                about: subject
            ) {
                state.pass(to: LogSize(before: position))
                try bytes.withUnsafeBufferPointer { _ = try state.fold(entry: $0) }
                let value = state.register(of: subject, at: path)?.heads.first?.value
                if value != found.last?.value { found.append((state.size, value)) }
            }
        }
        timelines[subject, default: [:]][path] = found
        return found
    }

    /// The registers that a subject had, as a state encodes them; nil when it did not exist.
    func encoded(of subject: String, at size: LogSize) throws -> [UInt8]? {
        let registers = try registers(of: subject)
        let kept = registers.filter { $0.isOlder(than: size) }
        let open = Set(registers.filter { !$0.isOlder(than: size) }.map(\.path))
        if open.isEmpty, !kept.isEmpty { return State.encode(kept, of: subject) }
        // A subject is named after the event that creates it.
        let isLater = registers.contains { register in
            register.heads.contains { !size.contains($0.position) && $0.creates(subject) }
        }
        if kept.isEmpty, isLater { return nil }
        return try past(of: subject, at: size, paths: open, mustExist: !kept.isEmpty).map {
            State.encode(kept + $0, of: subject)
        }
    }

    private func registers(of subject: String) throws -> [Register] {
        if let known = present[subject] { return known }
        let registers = try SubjectRow.registers(of: subject, view.db)
        present[subject] = registers
        return registers
    }

    /// The registers at these paths, from the log; nil when the subject did not exist.
    ///
    /// Where it is known to have existed, nothing is read to find that out.
    private func past(of subject: String, at size: LogSize, paths: Set<String>, mustExist: Bool) throws -> [Register]? {
        var exists = mustExist
        /// Of the paths that have been found so far: writes below are not heads any more.
        var floors: [String: LogSize] = [:]
        var entries: [(position: Position, bytes: [UInt8])] = []
        for segment in try mentions.get().segments(mentioning: subject).reversed() {
            let range = Segment.positions(segment).clamped(to: size.positions)
            guard !range.isEmpty else { continue }
            let isDone = paths.allSatisfy { path in floors[path].map { $0.next >= range.upperBound } ?? false }
            if exists, isDone { break }
            let found = try read(range, about: subject)
            exists = exists || !found.isEmpty
            for (_, bytes) in found {
                try bytes.withUnsafeBufferPointer { entry in
                    let attributes = try reader.read(entry, as: .entry)
                    reader.forEachLeaf(in: entry) { path, _ in
                        if paths.contains(path) { floors[path] = max(floors[path] ?? .zero, attributes.basis) }
                    }
                }
            }
            entries = found + entries
        }
        guard exists else { return nil }
        var state = State()
        for (position, bytes) in entries {
            state.pass(to: LogSize(before: position))
            try bytes.withUnsafeBufferPointer { _ = try state.fold(entry: $0) }
        }
        return state.registers(of: subject).filter { paths.contains($0.path) }
    }

    private func read(_ range: Range<Position>, about subject: String) throws -> [(position: Position, bytes: [UInt8])]
    {
        guard let attribute = SubjectAttribute(subject) else { return [] }
        var found: [(position: Position, bytes: [UInt8])] = []
        var position = range.lowerBound
        try log.entries(range).withUnsafeBufferPointer { block in
            try forEachLine(of: block) { entry in
                defer { position += 1 }
                guard attribute.occurs(in: entry) else { return }
                let attributes = try reader.read(entry, as: .entry)
                if entry[attributes.subject].elementsEqual(subject.utf8) { found.append((position, Array(entry))) }
            }
        }
        return found
    }
}

extension Register {
    /// Whether everything in it was written before a log had this size.
    fileprivate func isOlder(than size: LogSize) -> Bool { heads.allSatisfy { size.contains($0.position) } }
}

extension AgendaModel.Head {
    fileprivate func creates(_ subject: String) -> Bool {
        subject.hasSuffix("/\(source.rawValue.dropFirst(DeviceID.prefix.utf8.count))-\(counter)")
    }
}
