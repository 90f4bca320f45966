package import EventLog
internal import Synchronization

/// What a witness has seen, without a disk; can be told to fail, or to forget.
package final class TestWitnessMemory: WitnessMemory {
    private struct State {
        var notes: [String: String] = [:]
        var evidence: [String: [WitnessEvidence]] = [:]
        var fails = false
        var forgets = false
    }

    private let state = Mutex(State())

    package init() {}

    package var fails: Bool {
        get { state.withLock { $0.fails } }
        set { state.withLock { $0.fails = newValue } }
    }

    /// As a broken witness would, which looks at nothing that it has seen.
    package var forgets: Bool {
        get { state.withLock { $0.forgets } }
        set { state.withLock { $0.forgets = newValue } }
    }

    package func note(of origin: String) throws -> String? { state.withLock { $0.forgets ? nil : $0.notes[origin] } }

    package func keep(_ note: String, of origin: String) throws {
        try state.withLock { state in
            if state.fails { throw LogError(.diskFull, "as the test wants") }
            state.notes[origin] = note
        }
    }

    package func keep(_ evidence: WitnessEvidence, of origin: String) throws {
        state.withLock { state in
            let known = state.evidence[origin, default: []]
            if !known.contains(where: { $0.name == evidence.name }) { state.evidence[origin] = known + [evidence] }
        }
    }

    package func evidence(against origin: String) throws -> Int { pieces(against: origin).count }

    package func pieces(against origin: String) -> [WitnessEvidence] { state.withLock { $0.evidence[origin] ?? [] } }
}
