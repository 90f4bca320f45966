internal import AgendaModel
internal import EventLog
internal import Projections

/// Who reads: a device of the agenda, or, where it is open to everybody, anybody.
enum Reader: Hashable, Sendable {
    case device(Caller)
    /// From this address.
    case anybody(from: String)

    var isAnybody: Bool {
        if case .anybody = self { true } else { false }
    }

    /// In whose name the reader takes permits.
    var client: ConcurrencyLimiter.Client {
        switch self {
        case .device(let caller): caller.client
        case .anybody(let address): .address(address)
        }
    }

    /// Whether the reader gets only what anybody may have of a public agenda.
    var seesPublicOnly: Bool {
        switch self {
        case .anybody: true
        case .device(let caller): caller.limits.readsPublicOnly
        }
    }

    /// Whether the reader gets what is personal.
    var personal: PersonalFields.Treatment { seesPublicOnly ? .leftOut : .included }

    /// Whether the reader's last day is over.
    func hasExpired(at moment: Timestamp) -> Bool {
        switch self {
        case .anybody: false
        case .device(let caller): caller.limits.hasExpired(at: moment)
        }
    }

    /// The permits for folding the log once more: nobody without a token can take those of the members.
    var historicalRead: ConcurrencyLimiter.Work { isAnybody ? .publicHistoricalRead : .historicalRead }

    /// How long what is folded from the log may be kept, and by whom.
    var cache: CachePolicy { isAnybody ? .shared : .revalidate }

    /// Whether a reader who was let in before still would be.
    ///
    /// For answers that go on for long. Cheap. The result can only change when the access does.
    func mayStillRead(_ part: AgendaPart, _ access: Access) -> Bool {
        switch self {
        case .anybody: part.isOpen(at: access.openness)
        case .device(let caller):
            access.tokens[caller.token] == caller.device && access.role(ofDevice: caller.device) != nil
        }
    }
}
