package import AgendaModel

/// Takes a log from one place to another.
///
/// At no moment two places have it open. Cut off before the source is left, the log is open there. Cut off afterwards,
/// it is nowhere until the same move is run again, which goes on where this one ended.
package struct LogMove: Sendable {
    /// What has just been done.
    package enum Step: CaseIterable, Sendable {
        case copied, left, completed, verified, opened
    }

    private let source: any LogPlace
    private let target: any LogPlace
    private let key: LogKey
    private let environment: RuntimeEnvironment

    /// - Parameters:
    ///   - source: has the log.
    ///   - target: where it goes.
    ///   - key: the log's own.
    ///   - environment: time and randomness.
    package init(from source: any LogPlace, to target: any LogPlace, key: LogKey, environment: RuntimeEnvironment) {
        self.source = source
        self.target = target
        self.key = key
        self.environment = environment
    }

    /// Moves the log, or goes on with a move that was cut off.
    ///
    /// Most is copied while servers add to the source. What they added meanwhile follows when they cannot any more.
    ///
    /// - Parameters:
    ///   - after: called after each step.
    ///   - progress: called with how many entries have been copied, and how many there are.
    /// - Returns: how many entries the log has.
    /// - Throws: `alreadyExists` when the target has another log, or one that goes on by itself. `corrupt` when the
    ///   copy is not what the source has. Also what the stores throw, and `after`.
    package func run(
        after: (Step) throws -> Void = { _ in },
        progress: (_ copied: LogSize, _ size: LogSize) -> Void = { _, _ in }
    ) async throws -> LogSize {
        guard let log = try source.log() else {
            throw LogError(.notFound, "there is no log \(key.origin) in \(source.words) to be moved")
        }
        if let opened = try target.log(), try opened.destination() == nil { return try finished(log, opened) }
        let copy = LogCopy(of: log, into: try target.arriving(log.identity), key: key, environment: environment)
        try await copy.run(progress)
        try after(.copied)
        if try log.destination() == nil { try log.leave(for: target.words) }
        try after(.left)
        // From here on nobody adds anything.
        try await copy.run(progress)
        try after(.completed)
        try copy.verify()
        try after(.verified)
        try target.open()
        try after(.opened)
        return try log.head().size
    }

    /// What to answer when servers find a log at the target already.
    private func finished(_ log: any MovableLogStore, _ opened: any LogStore) throws -> LogSize {
        guard opened.identity == log.identity, try log.destination() != nil else {
            throw LogError(
                .alreadyExists,
                "\(target.words) has a log \(opened.identity.origin) of its own; nothing was moved"
            )
        }
        let size = try opened.head().size
        guard let checkpoint = try log.head().checkpoint?.checkpoint else { return size }
        guard size >= checkpoint.size,
            try LogTree(of: opened).root(of: 0..<checkpoint.size.rawValue) == checkpoint.root
        else {
            throw LogError(
                .corrupt,
                "the log in \(target.words) lacks entries of the one that was left; run ambit heal"
            )
        }
        return size
    }
}
