public import SyncProtocol

/// What went wrong between a program and a log, or with a copy of one.
///
/// `code` is for programs. `message` says what happened, `nextStep` what to do about it; neither holds a secret.
public struct LogClientError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    ///
    /// More may be added: give a `switch` over them a default.
    public enum Code: String, CaseIterable, Sendable {
        // There was no answer, or only a part of one.

        /// The host has no address, or the network no way to it.
        case noRoute
        /// Nobody listens there.
        case refused
        /// The connection ended before the answer did.
        case cut
        /// A deadline passed.
        case timeout
        /// There was no secure connection: the TLS handshake failed, or the certificate is not trusted.
        case insecure
        /// The answer breaks HTTP, or the proxy in between refused.
        case malformed
        /// The task was cancelled.
        case cancelled

        // There was an answer.

        /// Its status says that it is not what was asked for; see `answer`.
        case badStatus
        /// It is not one of this protocol.
        case foreign
        /// It holds entries that are damaged.
        case damaged

        // What was given by the caller.

        /// The address is not one of a log, or of an agenda.
        case invalidAddress
        /// The file of trusted certificates cannot be read, or holds none.
        case badCertificates

        // The log is not what it was, or not what was asked for. What was there before still is.

        /// There is no log at the address, or it has no checkpoint.
        case notFound
        /// The log has no checkpoint yet that is cosigned as was asked for.
        case notCosignedYet
        /// A checkpoint by another key, of another log, or without the cosignatures that are wanted.
        case badCheckpoint
        /// The log is shorter than what is known of it.
        case serverBehind
        /// The log is not an extension of what is known of it.
        case forked
        /// Entries that do not lead to the signed root.
        case tampered

        // The folder of a mirror.

        /// Another process writes to it.
        case locked
        /// It cannot be written to.
        case readOnly
        /// There is no room left on the disk.
        case diskFull
        /// Its files disagree with each other.
        case corrupt
        /// Reading or writing failed for another reason.
        case inputOutput
    }

    /// An answer that is a problem, or whose status says so.
    public struct Answer: Hashable, Sendable {
        /// The HTTP status.
        public var status: Int
        /// What the server says about it; nil when somebody in between answered.
        public var problem: ProblemDetails?
        /// How long the server asked to be left alone; nil when it did not.
        public var retryAfter: Duration?
    }

    /// What kind of failure it is.
    public var code: Code
    /// What happened and where.
    public var message: String
    /// What to do next; nil where there is nothing to say beyond the message.
    public var nextStep: String?
    /// The answer that caused it; nil unless the code is `badStatus`.
    public var answer: Answer?
    /// For `foreign`: the status with which somebody else answered in the server's place; nil otherwise.
    public var foreignStatus: Int?
    /// For `timeout`: whether an answer had begun, so that the request had arrived.
    package var isSlowAnswer = false
    /// Whether less is tried the next time, which may get through, or be done before a deadline.
    package var isRepeatedInParts = false

    /// An error; where it came with an answer, `answer` is set afterwards.
    public init(_ code: Code, _ message: String, nextStep: String? = nil) {
        self.code = code
        self.message = message
        self.nextStep = nextStep
    }

    /// The message, followed by the next step.
    public var description: String {
        nextStep.map { "\(message); \($0)" } ?? message
    }
}

extension LogClientError {
    /// An answer with a status that is not the one that was asked for.
    package static func answer(status: Int, _ problem: ProblemDetails?, retryAfter: Duration?) -> LogClientError {
        var error = LogClientError(.badStatus, "it answers with status \(status)")
        error.answer = Answer(status: status, problem: problem, retryAfter: retryAfter)
        return error
    }

    /// An answer that is not one of this protocol.
    ///
    /// - Parameters:
    ///   - what: what is wrong with it.
    ///   - status: with which it came, where somebody else seems to answer.
    /// - Returns: the error, with that status.
    package static func foreign(_ what: String, status: Int? = nil) -> LogClientError {
        var error = LogClientError(.foreign, what)
        error.foreignStatus = status
        return error
    }

    /// Entries that arrived damaged.
    package static func damaged(_ what: String) -> LogClientError { LogClientError(.damaged, what) }

    /// What an error means that a request ended with.
    ///
    /// - Returns: nil for errors that are of this side.
    package init?(ending error: any Error) {
        switch error {
        case let error as LogClientError: self = error
        case is CancellationError: self.init(.cancelled, "cancelled")
        default: return nil
        }
    }
}
