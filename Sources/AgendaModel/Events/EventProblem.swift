/// Why an event cannot be accepted.
///
/// The code is what programs act on; the detail says what was found, where, what is allowed and what to do next. The
/// detail never holds the value of a personal field.
public struct EventProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What programs act on; the names are those of the problem types in the protocol.
    public enum Code: String, CaseIterable, Sendable {
        case malformedEvent = "malformed-event"
        case unknownType = "unknown-type"
        case invalidData = "invalid-data"
        case unknownSubject = "unknown-subject"
        case unknownReference = "unknown-reference"
        case wrongIdentity = "wrong-identity"
        case identityReused = "identity-reused"
        case sequenceNotIncreasing = "sequence-not-increasing"
        case notAllowed = "not-allowed"
        case basisAhead = "basis-ahead"
        case invalidSignature = "invalid-signature"
        case tooLarge = "too-large"
    }

    /// Which kind of problem it is.
    public var code: Code
    /// What was found, where, and what is allowed.
    public var detail: String

    /// A problem; its detail holds no value of a personal field.
    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// Code and detail in one line.
    public var description: String { "\(code.rawValue): \(detail)" }
}
