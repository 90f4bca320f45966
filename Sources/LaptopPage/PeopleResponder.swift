internal import AgendaModel
internal import AgendaPages
internal import HTTPTypes
internal import Hummingbird
internal import LogClient
internal import SyncClient
internal import SyncProtocol
internal import Wording

/// Answers what an admin asks about people and devices, and does what they decide.
///
/// Members and devices are read here. What only the server knows is asked for when somebody wants it, since the page is
/// for laptops without a network too.
struct PeopleResponder {
    let desk: Desk
    let language: Language

    /// - Parameters:
    ///   - path: below `people`.
    ///   - query: of the address.
    ///   - form: what was sent; nil for reading.
    /// - Returns: nil for what there is not, and for who is no admin.
    /// - Throws: `ReplicaError` for what is wrong with the replica.
    func answer(_ path: [String], query: [String: String], form: [String: String]?) async throws -> Response? {
        var visit = try desk.visit(to: "people", in: language)
        guard visit.desk?.role == .admin else { return nil }
        do {
            guard let form else {
                guard path.isEmpty else { return nil }
                return try page(try await content(asking: query["seen"] != nil), visit)
            }
            guard path.count == 1, let (done, made) = try await act(path[0], form: form, visit) else { return nil }
            visit = try desk.visit(to: "people", in: language)
            if let done { visit.notice = PageVisit.Notice(done) }
            var content = try await content(asking: false)
            content.made = made
            return try page(content, visit)
        } catch let error as ReplicaError where error.code != .notAReplica {
            visit = try desk.visit(to: "people", in: language)
            visit.notice = PageVisit.Notice(words(error, visit), isProblem: true)
            return try page(try await content(asking: false), visit, status: .conflict)
        }
    }

    // MARK: - Deciding

    private typealias Done = (text: String?, made: (link: String, until: Timestamp?)?)

    private func act(_ verb: String, form: [String: String], _ visit: PageVisit) async throws -> Done? {
        let administration = desk.replica.administration()
        let member = form["member"].flatMap { MemberID.isValid($0) ? MemberID(unchecked: $0) : nil }
        let role = form["role"].flatMap { Role(rawValue: $0) }
        func say(_ message: Message, _ values: [String: String] = [:]) -> String {
            visit.localizer.message(message, values)
        }
        switch verb {
        case "invite":
            guard member != nil || role != nil else { return nil }
            let made = try await administration.invite(role ?? .recorder, member: member)
            let link = InviteLink(address: try desk.replica.settings.url, code: made.code)
            return (nil, (link.text, Timestamp(made.expires)))
        case "withdraw":
            guard let invite = form["invite"] else { return nil }
            try await administration.withdrawInvite(invite)
            return (say(.pageInviteWithdrawn), nil)
        case "role":
            guard let member, let role else { return nil }
            try await administration.grant(role, to: member)
            let word = Vocabulary.value(role.rawValue, of: "role", language)
            return (say(.pageRoleNow, ["name": try name(of: member), "role": word]), nil)
        case "remove":
            guard let member else { return nil }
            try await administration.remove(member)
            return (say(.pageGone, ["name": try name(of: member)]), nil)
        case "revoke":
            guard let device = form["device"], DeviceID.isValid(device) else { return nil }
            try await administration.revoke(DeviceID(unchecked: device))
            // The log says so as soon as it is here.
            desk.sync.begin()
            return (say(.pageDeviceRevoked), nil)
        default: return nil
        }
    }

    private func name(of member: MemberID) throws -> String {
        try desk.replica.members().first { $0.subject == member.rawValue }?.name ?? member.rawValue
    }

    // MARK: - Showing

    private func content(asking server: Bool) async throws -> PeopleContent {
        let seen = server ? try await desk.replica.administration().devicesSeen() : []
        let invites = server ? try await desk.replica.administration().invites() : nil
        let size = try desk.replica.status().size.rawValue
        let devices = Dictionary(grouping: try desk.replica.devices(), by: \.member)
        let members = try desk.replica.members().sorted {
            ($0.isActive ? 0 : 1, $0.name) < ($1.isActive ? 0 : 1, $1.name)
        }
        return PeopleContent(
            members: members.map { member in
                PeopleContent.Member(
                    subject: member.subject,
                    name: member.name,
                    role: member.role,
                    isActive: member.isActive,
                    devices: (devices[member.subject] ?? []).map { device in
                        PeopleContent.Device(
                            subject: device.subject,
                            name: device.name ?? device.subject,
                            isRevoked: device.isRevoked,
                            seen: seen.first { $0.device == device.subject }.map { sight in
                                PeopleContent.Sight(
                                    time: Timestamp(sight.lastSeen),
                                    behind: sight.size.map { max(0, size - $0) },
                                    version: sight.version
                                )
                            }
                        )
                    }
                )
            },
            invites: invites?.map { invite in
                PeopleContent.Invite(
                    id: invite.id,
                    role: invite.role,
                    expires: Timestamp(invite.expires),
                    isVoid: invite.void == true
                )
            }
        )
    }

    private func page(
        _ content: PeopleContent,
        _ visit: PageVisit,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        .html(try desk.reading(visit) { $0.people(content) }, status: status)
    }

    private func words(_ error: ReplicaError, _ visit: PageVisit) -> String {
        switch error.code {
        case .unreachable, .tooSlow, .unavailable: visit.localizer.message(.pageServerAway)
        default: language.words(of: error.description)
        }
    }
}
