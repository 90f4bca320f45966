package import AgendaModel

/// Where a log's entries are kept.
///
/// A store commits a change if the log still has the expected size. So several writers harm nothing, and a distributed
/// engine can stand behind it. A store knows no rules about what may be in a log: those are the sequencer's.
///
/// Any task or queue may call a store. The conformance suite in `EventLogTesting` says what each call must do.
package protocol LogStore: LogReader {
    /// Adds a commit in one transaction: all of it, or nothing.
    ///
    /// This is the point of commit. When it returns `committed`, the commit is durable.
    ///
    /// - Parameters:
    ///   - commit: what is added.
    ///   - size: how many entries the log must have. With another number, nothing is added.
    /// - Returns: whether it was added.
    /// - Throws: `LogError`. Then the outcome is unknown: read `head()` again before anything else.
    func append(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome

    /// Replaces the tail's entries of one segment by their sealed form.
    ///
    /// The entries stay the same bytes.
    ///
    /// - Parameter segment: the next one to be sealed; the log has all its entries.
    /// - Throws: `LogError`; then the tail is as it was. `malformed` for another segment, `corrupt` for other entries.
    func seal(_ segment: Segment) throws

    /// Leaves nothing of what was erased in any file, free space and journals included.
    ///
    /// Costs next to nothing when there is nothing to do. Call it after commits with erasures, when nobody waits for an
    /// answer.
    ///
    /// - Returns: false when a reader is in the way: then it has to be called again later.
    /// - Throws: whatever else keeps it from being done, such as a full disk; it has to be called again later then, too.
    func scrub() throws -> Bool

    /// The last of the source's runs that begin at this counter or before it.
    func run(of source: EventSource, upTo counter: Counter) throws -> CounterRun?
    /// The first of the source's runs that begin behind this counter.
    func run(of source: EventSource, after counter: Counter) throws -> CounterRun?
    /// The greatest counter of a source in the log; nil when it has none.
    func lastCounter(of source: EventSource) throws -> Counter?
    /// Why this event of a source was refused first; nil when it was not.
    func rejection(of source: EventSource, counter: Counter) throws -> Rejection?
    /// The greatest counter of a source that was refused; nil when none was.
    func lastRejectedCounter(of source: EventSource) throws -> Counter?
    /// Rejections in order of arrival, from a cursor that starts at 0.
    func rejections(after cursor: Int, limit: Int) throws -> [(cursor: Int, rejection: Rejection)]
    /// The position of the creating event.
    func position(ofSubject name: String) throws -> Position?
    /// The same of many, in their order, as of one moment where the store can tell.
    func positions(ofSubjects names: [String]) throws -> [Position?]

    /// Who may use the agenda, as of the last commit.
    func access() throws -> Access
    /// Only the number that `access` would give as its version: cheap.
    func accessVersion() throws -> Int
    /// Says who may read besides the members; changes the version only when it was different before.
    func open(to openness: Openness) throws
    /// Adds an invite, beside the commits.
    func add(_ invite: Invite) throws
    /// The invite whose code has this SHA-256, used or not; nil when there is none.
    func invite(hash: Hash) throws -> Invite?
    /// All invites, used and expired ones too, the one that expires first at the front.
    func invites() throws -> [Invite]
    /// Takes an unused invite away; false when there is none, or it was used.
    ///
    /// A commit that uses it and has not been appended by then is a conflict.
    func withdrawInvite(hash: Hash) throws -> Bool
}

extension LogStore {
    /// The run that an event is in; nil when it is not in the log.
    package func run(of source: EventSource, containing counter: Counter) throws -> CounterRun? {
        try run(of: source, upTo: counter).flatMap { counter <= $0.last ? $0 : nil }
    }

    package func positions(ofSubjects names: [String]) throws -> [Position?] {
        try names.map { try position(ofSubject: $0) }
    }

    /// The invites that are neither used nor expired at this moment, the one that expires first at the front.
    ///
    /// - Throws: what reading them throws.
    package func invites(usableAt now: Timestamp) throws -> [Invite] {
        try invites().filter { $0.used == nil && $0.expires > now }
    }

    /// The subjects with this id, of whatever kind of the catalogue.
    ///
    /// - Throws: what looking a subject up throws.
    package func subjects(withID id: String) throws -> [String] {
        let names = Catalogue.current.kinds.map { "\($0.name)/\(id)" }
        return try zip(names, positions(ofSubjects: names)).filter { $0.1 != nil }.map(\.0)
    }

    /// The greatest counter of a source that was accepted or refused; zero when there is none.
    func lastSpentCounter(of source: EventSource) throws -> Counter {
        try max(lastCounter(of: source) ?? .zero, lastRejectedCounter(of: source) ?? .zero)
    }
}
