package import AgendaModel

/// An event that was refused: kept with its bytes and the reason.
package struct Rejection: Hashable, Sendable {
    /// What there is to know of a line of which only the beginning is kept.
    package struct Line: Hashable, Sendable {
        /// In bytes.
        package var length: Int
        /// SHA-256.
        package var hash: Hash
        package init(length: Int, hash: Hash) {
            self.length = length
            self.hash = hash
        }
    }

    package var source: EventSource
    /// nil when the line was too broken to say.
    package var counter: Counter?
    package var recordedTime: Timestamp
    package var problem: EventProblem
    /// The line; its beginning when `line` is there.
    package var bytes: [UInt8]
    /// The whole line, when its end has been cut off.
    package var line: Line?
    package init(
        source: EventSource,
        counter: Counter?,
        recordedTime: Timestamp,
        problem: EventProblem,
        bytes: [UInt8],
        line: Line? = nil
    ) {
        self.source = source
        self.counter = counter
        self.recordedTime = recordedTime
        self.problem = problem
        self.bytes = bytes
        self.line = line
    }

    /// Whether this is the first that is said of the event's identity: then there is none before it with the same.
    package var spendsIdentity: Bool { counter != nil && problem.code != .identityReused }
}

extension Rejection {
    /// The most that is kept, in bytes, of a line that is no event in its form, not even one with a counter.
    ///
    /// Nobody can re-record it, but people can see what it is.
    package static let maximumWithoutIdentity = 1024

    /// How much is kept of a line with, or without, an identity.
    static func maximum(_ counter: Counter?) -> Int {
        counter == nil ? maximumWithoutIdentity : Push.maximumEventLength
    }

    /// Whether it is this line that was refused.
    func isOf(_ event: UnsafeBufferPointer<UInt8>) -> Bool {
        if let line { return line.length == event.count && line.hash == Hash.sha256(event) }
        // Older ones may have been cut without a word.
        return bytes.elementsEqual(event.prefix(Push.maximumEventLength))
    }
}
