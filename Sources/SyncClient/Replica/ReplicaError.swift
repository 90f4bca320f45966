/// What went wrong with a replica, with a recording, or in a sync.
///
/// `code` is for programs. `message` says what happened and where, `nextStep` what to do about it; neither holds a
/// secret or the value of a personal field.
public struct ReplicaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    ///
    /// More may be added: give a `switch` over them a default.
    public enum Code: String, CaseIterable, Sendable {
        // The folder.

        /// The folder holds no replica.
        case notAReplica = "not-a-replica"
        /// `clone` was pointed at a folder that already holds something.
        case folderNotEmpty = "folder-not-empty"
        /// A newer version of this software wrote the replica.
        case newerVersion = "newer-version"
        /// Another process holds the replica's files.
        case locked
        /// Another sync of the same replica is running.
        case syncRunning = "sync-running"
        /// The folder cannot be written to.
        case readOnly = "read-only"
        /// There is no room left on the disk.
        case diskFull = "disk-full"
        /// Stored bytes disagree with each other.
        case corrupt
        /// Reading or writing failed for another reason.
        case inputOutput = "input-output"

        // Recording and reading.

        /// The event would not be accepted; see `problem`.
        case invalidEvent = "invalid-event"
        /// A line of an import cannot be recorded; see `line`, and `problem` when it is about an event.
        case invalidImport = "invalid-import"
        /// This device has written the field, or made the subject, since what the change was made from.
        case writtenHere = "written-here"
        /// No such subject, neither synced nor recorded here.
        case unknownSubject = "unknown-subject"
        /// A short subject that fits several subjects.
        case ambiguousSubject = "ambiguous-subject"
        /// A subject of another kind than is needed.
        case wrongKind = "wrong-kind"

        // Settling conflicts, and going on after a refusal.

        /// There is no open conflict at that path.
        case noConflict = "no-conflict"
        /// The conflict has no value with that number.
        case noSuchValue = "no-such-value"
        /// The conflict is no longer the one that was looked at.
        case conflictChanged = "conflict-changed"
        /// No type of the catalogue can write the values together, or with that reason.
        case cannotSettle = "cannot-settle"
        /// No refused event has that number.
        case notRefused = "not-refused"

        // Taking back.

        /// Nothing that was recorded here waits to be sent, or no such event.
        case nothingToUndo = "nothing-to-undo"
        /// A push may have carried the event: it can be corrected, and not be taken back.
        case alreadySent = "already-sent"

        // Reaching the server.

        /// The address is not one of an agenda.
        case invalidAddress = "invalid-address"
        /// No connection: no network, no such host, refused, or closed halfway, after the last retry.
        case unreachable
        /// The server did not answer, or stopped sending, within the deadline.
        case tooSlow = "too-slow"
        /// The connection is not secure, or its certificate is not trusted.
        case insecure
        /// What answered does not speak this protocol: a proxy, a login page, another program.
        case notAnAmbitServer = "not-an-ambit-server"
        /// The server speaks other versions of the protocol.
        case unsupportedProtocol = "unsupported-protocol"
        /// The server is busy or failing, and still was at the last retry.
        case unavailable
        /// The server has no such agenda.
        case notFound = "not-found"

        // Being let in.

        /// The invite is unknown, used or expired.
        case invalidInvite = "invalid-invite"
        /// The server does not know this laptop's token.
        case unauthenticated
        /// This laptop's access has been taken away.
        case revoked
        /// The member's role does not allow it.
        case notAllowed = "not-allowed"
        /// The server refused an event that was to hold at once; see `problem`. The event is kept.
        case refusedEvent = "refused-event"
        /// The server refused a request as a whole, for a reason that repeating it does not change.
        case refusedRequest = "refused-request"

        // The proof does not hold. The sync has stopped; everything that was there still is.

        /// The server's log is shorter than what this replica has verified.
        case serverBehind = "server-behind"
        /// The server's log is not an extension of what this replica has verified.
        case forked
        /// A checkpoint that the pinned key did not sign, or one of another log.
        case badCheckpoint = "bad-checkpoint"
        /// Entries that do not lead to the signed root.
        case tampered
        /// An event of this device stands in the log in other bytes than it was recorded.
        case alteredEvent = "altered-event"

        /// The task was cancelled.
        case cancelled
    }

    /// What kind of failure it is.
    public var code: Code
    /// What happened and where.
    public var message: String
    /// What to do next; nil where there is nothing to say beyond the message.
    public var nextStep: String?
    /// For `invalidImport`: the line, from 1.
    public var line: Int?
    /// For `invalidEvent`, `invalidImport` and refusals: the problem's name, such as `invalid-data`.
    public var problem: String?
    /// How long the server asked to be left alone; nil when it did not.
    public var retryAfter: Duration?
    /// Whether the server may have done what it was asked all the same, because its answer did not arrive.
    var mayHaveHappened = false
    /// Whether a pull failed without a word of the server, which had just shown what there is: something in between may not let
    /// an entry through to here.
    var isHeldUpPull = false

    /// An error with what a person needs to know of it.
    public init(
        _ code: Code,
        _ message: String,
        nextStep: String? = nil,
        line: Int? = nil,
        problem: String? = nil
    ) {
        self.code = code
        self.message = message
        self.nextStep = nextStep
        self.line = line
        self.problem = problem
    }

    /// The message, followed by the next step.
    public var description: String {
        nextStep.map { "\(message); \($0)" } ?? message
    }
}
