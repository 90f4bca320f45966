internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Projections
internal import SyncProtocol

/// Who sends a request.
struct Caller: Hashable, Sendable {
    /// The device, `device/<id>`.
    var device: String
    /// Whose device it is, `member/<id>`.
    var member: String
    var role: Role
    /// SHA-256 of the token that the request came with.
    var token: Hash

    /// The caller's right to write what takes at least this role.
    func authority(_ role: Role) -> Authority { Authority(token: token, role: role) }

    /// In whose name the caller takes places.
    var holder: Admission.Holder { .member(member) }
}

/// Who reads: a device of the agenda, or, where it is open to everybody, anybody.
enum Reader: Hashable, Sendable {
    case device(Caller)
    /// From this address.
    case anybody(from: String)

    var isAnybody: Bool {
        if case .anybody = self { true } else { false }
    }

    /// In whose name the reader takes places.
    var holder: Admission.Holder {
        switch self {
        case .device(let caller): caller.holder
        case .anybody(let address): .address(address)
        }
    }

    /// Whether the reader gets what is personal.
    var personal: PersonalFields.Treatment { isAnybody ? .leftOut : .included }

    /// How long what is folded from the log may be kept, and by whom.
    var cache: CachePolicy { isAnybody ? .shared : .revalidate }
}

/// Who may do what with an agenda, in one place.
enum Visibility {
    /// What a request is about.
    enum Need {
        /// Reads the log and everything made of it.
        case read
        /// Records events: for those who may record any; which ones is for the log to say.
        case push
        /// Reads what was refused, with its content.
        case readRejections
        /// Has to do with the caller's own device only.
        case manageDevice
        /// Invites people and withdraws access.
        case administer

        fileprivate var rate: RateClass {
            switch self {
            case .read, .readRejections: .read
            case .push: .push
            case .manageDevice, .administer: .administration
            }
        }

        fileprivate func isMet(by role: Role) -> Bool {
            switch self {
            case .read, .manageDevice: true
            case .push: role >= .recorder
            case .readRejections: role == .auditor || role == .admin
            case .administer: role == .admin
            }
        }
    }

    /// What a reader may get of an agenda.
    enum Part: Sendable {
        /// What is folded from the log, and what describes the agenda.
        case folded
        /// The log itself, with names and notes.
        case log

        fileprivate func isOpen(at openness: Openness) -> Bool {
            switch (self, openness) {
            case (_, .members), (.log, .public): false
            case (_, .publicLog), (.folded, .public): true
            }
        }
    }

    /// Who reads a part of an agenda: a device, or anybody where no token was sent and the agenda is open.
    ///
    /// - Throws: `unauthenticated`, `device-revoked` or `rate-limited`.
    static func reader(
        of request: Request,
        in agenda: HostedAgenda,
        for part: Part,
        from address: String
    ) throws(ProblemDetails) -> Reader {
        if request.headers[.authorization] == nil, part.isOpen(at: agenda.sequencer.access.openness) {
            return .anybody(from: address)
        }
        return .device(try caller(of: request, in: agenda, for: .read))
    }

    /// Whether a reader who was let in before still would be: for answers that go on for long.
    ///
    /// Cheap. It can only change when the access does.
    static func isStillGood(_ reader: Reader, for part: Part, _ access: Access) -> Bool {
        switch reader {
        case .anybody: return part.isOpen(at: access.openness)
        case .device(let caller):
            return access.tokens[caller.token] == caller.device && access.role(ofDevice: caller.device) != nil
        }
    }

    /// The caller of a request, who has what it takes and asks not too often.
    ///
    /// - Throws: `unauthenticated`, `device-revoked`, `not-allowed` or `rate-limited`.
    static func caller(
        of request: Request,
        in agenda: HostedAgenda,
        for need: Need
    ) throws(ProblemDetails) -> Caller {
        guard let hash = try tokenHash(of: request) else {
            throw ProblemDetails(.unauthenticated, "The request has no token.")
        }
        guard let caller = try caller(withToken: hash, in: agenda) else {
            throw ProblemDetails(.unauthenticated, "The agenda does not know this token.")
        }
        try agenda.rates.take(need.rate, of: caller.device)
        guard need.isMet(by: caller.role) else {
            throw ProblemDetails(.notAllowed, "The role \(caller.role.rawValue) does not include this.")
        }
        return caller
    }

    /// Who the token stands for in an agenda; nil when that does not know it, or not any more.
    static func caller(knownBy agenda: HostedAgenda, token hash: Hash) -> Caller? {
        try? caller(withToken: hash, in: agenda)
    }

    /// Whether the agenda is in everybody's list.
    static func isOpen(_ agenda: HostedAgenda) -> Bool { Part.folded.isOpen(at: agenda.sequencer.access.openness) }

    /// SHA-256 of the request's bearer token; nil when it has none.
    ///
    /// Tokens are looked up by their hash: what the time of a look-up gives away says nothing about tokens.
    static func tokenHash(of request: Request) throws(ProblemDetails) -> Hash? {
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].utf8.count <= greatestTokenLength else {
            throw ProblemDetails(.unauthenticated, "The Authorization header is not a bearer token.")
        }
        var token = String(parts[1])
        return token.withUTF8 { Hash.sha256($0) }
    }

    private static func caller(
        withToken hash: Hash,
        in agenda: HostedAgenda
    ) throws(ProblemDetails) -> Caller? {
        let access = agenda.sequencer.access
        guard let name = access.tokens[hash], let device = access.devices[name] else { return nil }
        guard let role = access.role(ofDevice: name) else {
            throw ProblemDetails(.deviceRevoked, "The access of this device or of its member has been withdrawn.")
        }
        return Caller(device: name, member: device.member, role: role, token: hash)
    }

    private static let greatestTokenLength = 512
}
