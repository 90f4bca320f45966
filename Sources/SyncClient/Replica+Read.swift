public import AgendaModel

extension Replica {
    /// How the replica stands.
    ///
    /// - Throws: `ReplicaError`.
    public func status() throws(ReplicaError) -> ReplicaStatus { fatalError("skeleton") }

    /// The full form of a subject that may be given without its kind.
    ///
    /// - Throws: `ReplicaError`: `unknownSubject`, `ambiguousSubject`.
    public func resolve(_ subject: String) throws(ReplicaError) -> String { fatalError("skeleton") }

    /// A subject's document with what is pending laid over it; nil when there is no such subject.
    public func document(of subject: String) throws(ReplicaError) -> SubjectDocument? { fatalError("skeleton") }

    /// The documents of a kind, or all, sorted by subject, with what is pending laid over them.
    public func documents(kind: String? = nil) throws(ReplicaError) -> [SubjectDocument] { fatalError("skeleton") }

    /// A subject's registers, with what is pending laid over them, sorted by path.
    public func registers(of subject: String) throws(ReplicaError) -> [Register] { fatalError("skeleton") }

    /// The open conflicts, with what is pending laid over them, sorted by subject and path.
    public func conflicts() throws(ReplicaError) -> [Conflict] { fatalError("skeleton") }

    /// The digest of the confirmed state, 64 hexadecimal digits: equal on every replica of the same size.
    public func digest() throws(ReplicaError) -> String { fatalError("skeleton") }

    /// Entries of the verified log, each followed by a newline.
    ///
    /// - Parameter range: positions; must lie within the log.
    public func entries(_ range: Range<Int>) throws(ReplicaError) -> [UInt8] { fatalError("skeleton") }

    /// What waits to be sent, in the order of recording.
    public func pending() throws(ReplicaError) -> [PendingEvent] { fatalError("skeleton") }

    /// What the server refused, in the order of recording.
    public func refused() throws(ReplicaError) -> [RefusedEvent] { fatalError("skeleton") }

    /// Forgets refused events.
    ///
    /// - Parameter ids: the device's counters; nil = all.
    /// - Returns: how many there were.
    @discardableResult
    public func discardRefused(_ ids: [Int]? = nil) throws(ReplicaError) -> Int { fatalError("skeleton") }
}
