package import AgendaModel

/// What an admin decides of an agenda: who comes in, who may do what, who goes.
///
/// The rules stand here once, for a server's routes and for whoever has the data folder. Holds nothing of its own: the
/// store and the sequencer keep what is decided, and the access that a commit finds has the last word.
package struct Administration: Sendable {
    /// By whose hand things are decided.
    package enum Admin: Sendable {
        /// A device, through the server that writes the log; and what it takes for the time, if it says.
        case device(DeviceID, WriteRight, over: Sequencer, at: Timestamp?)
        /// Whoever has the log's key, and the note of what has been shown, beside a server that may be running.
        case keyHolder(LogKey, any SeenRecord)
    }

    private let store: any LogStore
    private let admin: Admin
    private let environment: RuntimeEnvironment
    private let acceptsClock: Bool
    private let remembered: RememberedEnd?
    private let report: @Sendable (UpkeepFailure) -> Void

    /// - Parameters:
    ///   - store: where the log is kept.
    ///   - admin: by whose hand things are decided.
    ///   - environment: time and randomness.
    ///   - acceptsClock: whether a key holder goes on though the clock cannot be right; see `ClockFault`.
    ///   - remembered: the end that this server's own files say the log has had, for a key holder; nil when nothing says so.
    ///   - report: called with what a writer of its own could not do besides; a key holder has one.
    package init(
        of store: any LogStore,
        by admin: Admin,
        environment: RuntimeEnvironment,
        acceptsClock: Bool = false,
        remembering remembered: RememberedEnd? = nil,
        reporting report: @escaping @Sendable (UpkeepFailure) -> Void = { _ in }
    ) {
        self.store = store
        self.admin = admin
        self.environment = environment
        self.acceptsClock = acceptsClock
        self.remembered = remembered
        self.report = report
    }

    /// Records `agenda.founded`, the first event of a log.
    ///
    /// - Throws: `EventProblem` when the event is refused, `PushError`, or what the store throws.
    package func found(_ agenda: String, title: String) async throws {
        try await record("agenda.founded", of: "agenda/\(agenda)", ["title": .string(title)])
    }

    /// Makes an invite, which lets one laptop in, once.
    ///
    /// - Parameters:
    ///   - role: what the new member may do; nil for the role that `member` has.
    ///   - member: the one whose laptop it is for; nil for somebody new.
    ///   - days: how long it works, within `InviteCode.days`.
    /// - Returns: the invite with its code, which is not shown again.
    /// - Throws: `AdministrationError`, `PushError`, or what the store throws.
    package func invite(_ role: Role?, member: MemberID? = nil, days: Int = InviteCode.usualDays) async throws
        -> NewInvite
    {
        guard InviteCode.days.contains(days) else {
            let days = InviteCode.days
            throw AdministrationError(.invalidDays, "an invite works \(days.lowerBound) to \(days.upperBound) days")
        }
        let known = try member.map { try activeMember($0) }
        guard let role = role ?? known?.role else {
            throw AdministrationError(.unknownMember, "an invite needs a role, or a member who has one")
        }
        let milliseconds = days * 24 * 60 * 60 * 1000
        let expires = Timestamp(millisecondsSince1970: environment.now().millisecondsSince1970 + milliseconds)
        let code = InviteCode.make(random: environment.random)
        var invite = Invite(hash: InviteCode.hash(code), role: role, member: member, expires: expires)
        switch admin {
        case .device(let device, let right, let sequencer, let time):
            invite.device = device
            try await sequencer.add(invite, by: right, at: time)
        case .keyHolder(let key, let seen):
            try await writing(key, seen: seen) { [invite] in try await $0.add(invite) }
        }
        return NewInvite(code: code, invite: invite)
    }

    /// The invites that are neither used nor expired, the one that expires first at the front.
    ///
    /// Blocks.
    package func openInvites() throws -> [Invite] { try store.invites(usableAt: environment.now()) }

    /// Those of some invites that let nobody in, because the device that made them is no admin's any more.
    ///
    /// Blocks.
    package func voidInvites(among invites: [Invite]) throws -> Set<Invite> {
        let access = try access()
        return Set(invites.filter { !access.vouches(for: $0) })
    }

    /// Takes an open invite back, by its `Invite.id`.
    ///
    /// Blocks.
    ///
    /// - Throws: `AdministrationError` with `unknownInvite`, or what the store throws.
    package func withdrawInvite(_ id: String) throws {
        guard let invite = try openInvites().first(where: { $0.id == id }), try store.withdrawInvite(hash: invite.hash)
        else { throw AdministrationError(.unknownInvite, "no open invite is called \(id)") }
    }

    /// Withdraws the access of a device, and of all that continue it.
    ///
    /// Doing it again changes nothing.
    ///
    /// - Throws: `AdministrationError` with `unknownDevice`, or as `found`.
    package func revoke(_ device: DeviceID) async throws {
        guard let known = try access().devices[device] else {
            throw AdministrationError(.unknownDevice, "there is no \(device) here")
        }
        guard !known.isRevoked else { return }
        try await record("device.revoked", of: device.rawValue, ["revoked": .bool(true)])
    }

    /// Gives a member a role; one who has left takes part again.
    ///
    /// - Throws: as `found`.
    package func grant(_ role: Role, to member: MemberID) async throws {
        let hasLeft = try access().members[member]?.isActive == false
        var data = [JSONValue.Member("role", .string(role.rawValue))]
        if hasLeft { data.append(JSONValue.Member("active", .bool(true))) }
        try await record("member.granted", of: member.rawValue, .object(data))
    }

    /// Lets a member go: none of their devices has access any more.
    ///
    /// - Throws: as `found`.
    package func remove(_ member: MemberID) async throws {
        try await record("member.left", of: member.rawValue, ["active": .bool(false)])
    }

    /// - Throws: `AdministrationError` when the agenda has no such member who takes part.
    private func activeMember(_ name: MemberID) throws -> Access.Member {
        guard let member = try access().members[name], member.isActive else {
            throw AdministrationError(.unknownMember, "\(name) is no active member here")
        }
        return member
    }

    private func access() throws -> Access {
        switch admin {
        case .device(_, _, let sequencer, _): sequencer.access
        case .keyHolder: try store.access()
        }
    }

    private func record(_ type: String, of subject: String, _ data: JSONValue) async throws {
        let outcome: PushOutcome
        switch admin {
        case .device(_, let right, let sequencer, let time):
            outcome = try await sequencer.record(
                type: type,
                subject: subject,
                data: data.compact,
                by: right,
                at: time
            )
        case .keyHolder(let key, let seen):
            outcome = try await writing(key, seen: seen) {
                try await $0.record(type: type, subject: subject, data: data.compact)
            }
        }
        if let refused = outcome.rejected.first { throw refused.problem }
    }

    /// Runs the body with a writer of its own; of two writers one is told to look again.
    private func writing<Value: Sendable>(
        _ key: LogKey,
        seen: any SeenRecord,
        _ body: (Sequencer) async throws -> Value
    ) async throws -> Value {
        let sequencer = try Sequencer(
            store: store,
            key: key,
            environment: environment,
            seen: seen,
            acceptsClock: acceptsClock,
            reporting: report
        )
        // As the server does before its first entry.
        if let remembered { sequencer.remember(remembered) }
        do {
            let value = try await body(sequencer)
            await sequencer.shutDown()
            return value
        } catch {
            await sequencer.shutDown()
            throw error
        }
    }
}
