package import AgendaModel
package import EventLog
internal import Synchronization

/// `log.seen` in memory: with the bytes that the file would have, and those of them that would outlast the power.
package final class SeenInMemory: SeenRecord {
    private struct State {
        var bytes: [UInt8] = []
        var synced: [UInt8] = []
        var failure: LogError?
    }

    private let state: Mutex<State>
    private let forgets: Bool
    private let believes: Bool

    /// - Parameters:
    ///   - mark: what is noted at first; nil when there is no file.
    ///   - forgets: whether nothing is ever noted, as if there were no guard.
    ///   - believes: whether what others have shown is noted as the server's own mark.
    package init(_ mark: SeenMark? = .nothing, forgets: Bool = false, believes: Bool = false) {
        var state = State()
        if let mark {
            Self.write(mark, to: &state.bytes)
            state.synced = state.bytes
        }
        self.state = Mutex(state)
        self.forgets = forgets
        self.believes = believes
    }

    /// What is noted.
    package var noted: SeenMark? { state.withLock { SeenSlots($0.bytes).mark } }

    /// From now on nothing can be noted, because of this; nil when it can again.
    package func fail(_ failure: LogError?) { state.withLock { $0.failure = failure } }

    /// The power goes: of what was not synced, so many bytes are on the disk, and no more.
    package func losePower(keeping count: Int = 0) {
        state.withLock { state in
            var kept = state.synced
            let changed = state.bytes.indices.filter { !kept.indices.contains($0) || kept[$0] != state.bytes[$0] }
            for index in changed.prefix(count) {
                if index >= kept.count { kept += [UInt8](repeating: 0, count: index + 1 - kept.count) }
                kept[index] = state.bytes[index]
            }
            state.bytes = kept
            state.synced = kept
        }
    }

    /// The file is lost.
    package func lose() { state.withLock { $0 = State() } }

    /// A copy with what is noted.
    package func copy() -> SeenInMemory {
        let copy = SeenInMemory(nil, forgets: forgets, believes: believes)
        let now = state.withLock { $0 }
        copy.state.withLock { $0 = now }
        return copy
    }

    package func update(_ body: (SeenMark?) throws -> SeenMark?) throws {
        try state.withLock { state in
            guard var next = try body(SeenSlots(state.bytes).mark) else { return }
            if believes { next.isOwn = true }
            if let failure = state.failure { throw failure }
            if !forgets { Self.write(next, to: &state.bytes) }
        }
    }

    package func sync() throws {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            state.synced = state.bytes
        }
    }

    private static func write(_ mark: SeenMark, to bytes: inout [UInt8]) {
        var slots = SeenSlots(bytes)
        for _ in 0..<2 {
            let next = slots.next(mark)
            let end = next.offset + next.bytes.count
            if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
            bytes.replaceSubrange(next.offset..<end, with: next.bytes)
            slots = next.slots
        }
    }
}

extension Sequencer {
    /// A writer of a log that nobody has been shown yet, or for which that does not matter, with any clock.
    package convenience init(
        store: any LogStore,
        key: LogKey,
        environment: RuntimeEnvironment,
        refusedBytesPerDay: Int? = nil,
        reporting report: @escaping @Sendable (UpkeepFailure) -> Void = { _ in }
    ) throws {
        try self.init(
            store: store,
            key: key,
            environment: environment,
            seen: SeenInMemory(),
            acceptsClock: true,
            refusedBytesPerDay: refusedBytesPerDay,
            reporting: report
        )
    }
}
