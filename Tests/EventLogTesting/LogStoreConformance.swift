package import EventLog

/// What every log store must do.
///
/// A test calls `run` for each check with a way to make an empty store.
///
/// Throws `Failure` with what was expected; what the store throws unexpectedly passes through.
package struct LogStoreConformance: Sendable {
    /// One thing that stores must get right.
    package enum Check: String, CaseIterable, Sendable {
        case emptyLog = "an empty log has size zero and nothing to read"
        case appendedEntries = "what was appended can be read in any range, in order"
        case comparison = "a commit that expects another size changes nothing and is told the actual one"
        case impossibleCommits = "a commit that contradicts itself or the log is refused whole"
        case sealing = "sealing changes how entries are kept, and nothing that is read"
        case impossibleSeals = "a segment that is not next, not there yet or different is refused"
        case checkpoints = "checkpoints are kept for the tail, and the last one for each sealed segment"
        case moments = "the size at a moment counts the entries recorded up to it"
        case runs = "counters are found in runs, and runs that continue each other are one"
        case subjects = "subjects are found at the position that created them"
        case erasing = "erased entries are replaced by what is left of them, and nothing else changes"
        case erasingOnce = "what was erased stays as it is, and an impossible erasure is refused"
        case rejections = "rejections are kept in order, with their bytes, and found by identity"
        case access = "members, devices, tokens and invites are as last changed"
        case concurrentReading = "readers see whole commits only, also while a writer appends and seals"
        case racingWriters = "of writers that expect the same size exactly one wins"
        case persistence = "a store that is opened again holds the same"
    }

    /// A store that does not do what it must.
    package struct Failure: Error, CustomStringConvertible {
        package var check: Check
        package var message: String
        package var description: String { "\(check.rawValue): \(message)" }
    }

    /// Makes an empty store.
    let make: @Sendable (LogIdentity) throws -> any LogStore
    /// Closes a store and opens what it kept; nil for stores that keep nothing.
    let reopen: (@Sendable (any LogStore) throws -> any LogStore)?
    let seed: UInt64

    /// - Parameters:
    ///   - seed: of the generated logs; print it when a check fails.
    ///   - make: makes an empty store of its own each time.
    ///   - reopen: closes a store and opens what it kept; nil for stores that keep nothing.
    package init(
        seed: UInt64 = 1,
        make: @escaping @Sendable (LogIdentity) throws -> any LogStore,
        reopen: (@Sendable (any LogStore) throws -> any LogStore)? = nil
    ) {
        self.make = make
        self.reopen = reopen
        self.seed = seed
    }

    package func run(_ check: Check) async throws {
        var probe = Probe(check: check, generator: CommitGenerator(seed: seed), random: SplitMix64(seed: seed))
        probe.store = try make(probe.generator.identity)
        switch check {
        case .emptyLog: try probe.emptyLog()
        case .appendedEntries: try probe.appendedEntries()
        case .comparison: try probe.comparison()
        case .impossibleCommits: try probe.impossibleCommits()
        case .sealing: try probe.sealing()
        case .impossibleSeals: try probe.impossibleSeals()
        case .checkpoints: try probe.checkpoints()
        case .moments: try probe.moments()
        case .runs: try probe.runs()
        case .subjects: try probe.subjects()
        case .erasing: try probe.erasing()
        case .erasingOnce: try probe.erasingOnce()
        case .rejections: try probe.rejections()
        case .access: try probe.access()
        case .concurrentReading: try await probe.concurrentReading()
        case .racingWriters: try await probe.racingWriters()
        case .persistence: if let reopen { try probe.persistence(reopen) }
        }
    }
}
