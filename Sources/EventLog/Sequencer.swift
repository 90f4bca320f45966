package import AgendaModel

/// The one writer of an agenda's log in this process. Runs on a thread of its own.
package final class Sequencer: Sendable {
    /// Reads the head, recomputes the right edge from the stored leaves and refuses when it disagrees with the stored
    /// checkpoint.
    package init(store: any LogStore, key: LogKey, environment: Environment) throws { fatalError("skeleton") }

    /// Time, identity and randomness.
    package struct Environment: Sendable {
        package var now: @Sendable () -> Timestamp
        /// That many random bytes.
        package var random: @Sendable (Int) -> [UInt8]
        package init(now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable (Int) -> [UInt8]) {
            self.now = now
            self.random = random
        }
        package static var system: Environment { fatalError("skeleton") }
    }

    /// The head as last committed.
    package var head: Head { fatalError("skeleton") }

    /// Who may use the agenda, as last committed.
    package var access: Access { fatalError("skeleton") }

    /// Takes a push through the group commit and gives its verdicts. Idempotent.
    package func push(_ push: Push) async throws -> PushOutcome { fatalError("skeleton") }

    /// Redeems an invite: records `member.joined` (unless the invite is for an existing member) and `device.enrolled`.
    package func enrol(_ enrolment: Enrolment) async throws -> Enrolled { fatalError("skeleton") }

    /// Records events of the server itself, for example `agenda.founded`. `data` is JSON.
    package func record(type: String, subject: String, data: String) async throws -> PushOutcome {
        fatalError("skeleton")
    }

    /// Returns as soon as the log is longer than `size`; false when the deadline passed or the sequencer stopped.
    package func waitForGrowth(beyond size: LogSize, for duration: Duration) async -> Bool { fatalError("skeleton") }

    /// Finishes the pushes that are waiting, then stops. Pushes after that throw.
    package func shutDown() async { fatalError("skeleton") }
}

/// A push whose lines have been read and validated as far as possible without the log: done on the request's own task.
package struct Push: Sendable {
    /// `device/<id>`
    package let device: String

    /// - Parameter body: the inflated body, newline-separated; a final newline is optional.
    /// - Throws: `PushError` when the request as a whole cannot be taken.
    package init(device: String, body: [UInt8]) throws(PushError) { fatalError("skeleton") }
}

/// Why a push as a whole was not taken; nothing was stored.
package struct PushError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Sendable { case notNewlineDelimited, tooManyEvents, wrongDevice, revoked, noRole, stopped, readOnly, unavailable }
    package var code: Code
    package var message: String
    package var description: String { message }
}

package struct PushOutcome: Sendable {
    package var head: Head
    package var accepted: [Run]
    package var duplicate: [Run]
    package var rejected: [Rejected]
    package struct Rejected: Sendable {
        /// 1-based line of the push.
        package var line: Int
        package var counter: Counter?
        package var problem: EventProblem
    }
}

package struct Enrolment: Sendable {
    package var invite: String
    /// The person's name: personal data.
    package var memberName: String
    package var deviceName: String
    /// Ed25519 public key, 32 bytes.
    package var key: [UInt8]?
}

package struct Enrolled: Sendable {
    package var device: String
    package var token: String
    package var member: String
    package var role: Role
    package var head: Head
}

package struct EnrolmentError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Sendable { case unknownInvite, usedInvite, expiredInvite, invalid }
    package var code: Code
    package var message: String
    package var description: String { message }
}
