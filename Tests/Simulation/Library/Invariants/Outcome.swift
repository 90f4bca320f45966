internal import AgendaModel
internal import EventLog

/// How everything stands in the end.
struct Outcome {
    /// The log's name.
    var origin: String
    /// The log, from the server's store.
    var entries: [LogEntry]
    /// SHA-256 over them as they are.
    var bytes: Hash
    /// What the server shows: size and root of its checkpoint, and the digest of its state.
    var size: Int
    var root: Hash
    var digest: String
    var laptops: [Ending]

    /// How one laptop stands.
    struct Ending {
        var number: Int
        /// Who it is.
        var device: DeviceID
        var size: Int
        var root: Hash?
        /// SHA-256 over its entries as they are.
        var bytes: Hash
        var digest: String
        /// The first difference in its files; nil when they are sound.
        var unsound: String?
        /// How many events wait to be sent.
        var pending: Int
        /// The marks of the refused events that it lists.
        var refused: Set<Int>
        /// Whether its access was taken away: then it keeps what it has, and gets no further.
        var isRevoked: Bool
        /// The marks of events that wait.
        var waiting: Set<Int>
    }
}
