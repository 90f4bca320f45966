/// A sort of request that is limited in number.
package enum RateClass: String, CaseIterable, Sendable {
    // Of one device, whose requests come with its token.

    /// Pushes.
    case push
    /// Pulls, and reading what is folded.
    case read
    /// Invites, revocations, tokens and further devices.
    case administration

    // Of one member of an agenda.

    /// Events that are pushed.
    case pushedEvents = "push-events"
    /// Bytes that are pushed, when they have been inflated.
    case pushedBytes = "push-bytes"

    // Of one address.

    /// Enrolments with an invite, or with a token that is not good.
    case enrolment
    /// Requests with a token or an invite that is not known: what guessing consists of.
    case failure
    /// Everything else that comes without a good token: the reading that needs none, and what is then refused.
    case publicRead = "public-read"
    /// Requests of whoever runs the server: whether it lives, is ready, and what it does.
    case operations
    /// Requests for what does not exist.
    case unknownPath = "unknown-path"
    /// Bytes of all that is sent without a token.
    case publicBytes = "public-bytes"
}
