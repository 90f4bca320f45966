/// What went wrong in or with a log.
package struct LogError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// Bytes that should be a checkpoint, key or note are not.
        case malformed
        /// A signature does not hold, or the key is not the expected one.
        case badSignature
        /// Fewer witnesses than were asked for have cosigned a checkpoint.
        case notCosigned
        /// Stored bytes disagree with each other or with a signed checkpoint.
        case corrupt
        /// The data was written by a newer version of this software.
        case newerFormat
        /// Another process holds the data.
        case locked
        case readOnly
        case diskFull
        /// Reading or writing failed for another reason.
        case inputOutput
        case notFound
        case alreadyExists
    }

    package var code: Code
    /// What happened, where, and what to do next; no personal data, no secrets.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
