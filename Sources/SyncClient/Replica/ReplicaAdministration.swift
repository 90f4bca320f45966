public import AgendaModel
internal import EventLog
internal import LogClient
public import SyncProtocol

/// What an admin's laptop decides: who comes in, what members may do, and which devices go.
///
/// Roles are changed by events, `member.granted` and `member.left`, that are recorded here and sent at once. Invites and
/// devices are the server's. Whatever rests on the state of others is decided after a pull; where that is not possible,
/// `report` says so.
public struct ReplicaAdministration: Sendable {
    let replica: Replica
    let transport: (any Transport)?
    let report: @Sendable (AdministrationProgress) -> Void

    /// Makes a one-time invite; its code is not shown again.
    ///
    /// - Parameters:
    ///   - role: what the invited person may do.
    ///   - member: whose other laptop it is for, who keeps their role; nil = somebody new.
    ///   - days: how long it works; nil = 7.
    /// - Returns: the invite with its code.
    /// - Throws: `ReplicaError`: `unknownSubject` when no such member takes part.
    public func invite(
        _ role: Role,
        member: MemberID? = nil,
        days: Int? = nil
    ) async throws(ReplicaError) -> InviteAnswer {
        let present = if let member { try await self.role(of: member) } else { role.rawValue }
        let request = InviteRequest(role: present, member: member?.rawValue, expiresInDays: days)
        return try await asking { try await $0.ask("POST", "/invites", sending: request, status: 201) }
    }

    /// Makes a token for a job that reads, or writes, without a laptop: of a new member with one device, which has no key.
    ///
    /// - Parameters:
    ///   - name: of the job, as its member and its device.
    ///   - role: what it may do.
    ///   - limits: what the token is not good for; gets what the server takes for the time, by which a last day counts.
    /// - Returns: the token, which is not shown again, with the member's and the device's subjects; and its limits.
    /// - Throws: `ReplicaError`, with `invalidEvent` for what can be no name, and what `limits` throws. Then nobody was let in,
    ///   unless the error says so, and no invite is left.
    public func makeToken(
        named name: String,
        _ role: Role,
        limits: (_ now: Timestamp) throws -> AccessLimits = { _ in AccessLimits() }
    ) async throws -> (answer: EnrolmentAnswer, limits: AccessLimits) {
        guard DisplayName.isValid(name) else {
            throw ReplicaError(
                .invalidEvent,
                "a name has 1 to 200 characters that can be seen, with one space between two words and none around them",
                problem: EventProblem.Code.invalidData.rawValue
            )
        }
        let invite = try await invite(role, days: Self.daysOfToken)
        // Nobody has its code.
        func withdraw() async { try? await withdrawInvite(InviteCode.id(of: invite.code)) }
        let known: AccessLimits
        do {
            known = try limits(Self.serverTime(of: invite))
        } catch {
            await withdraw()
            throw error
        }
        do {
            let answer = try await replica.enrolJob(named: name, with: invite.code, limits: known, over: transport)
            return (answer, known)
        } catch var error as ReplicaError where error.problem == nil {
            await withdraw()
            // Nobody has the token then, and the job has no key to ask for it again.
            error.nextStep =
                "the server may have let the job in all the same: after ambit sync, ambit device list shows it, and ambit device "
                + "revoke takes its access away; then make another token"
            throw error
        } catch {
            await withdraw()
            throw error
        }
    }

    /// How long the invite works by which a job comes in at once.
    private static let daysOfToken = 1

    /// When an invite for a token was made, by the server's clock: its end says so, and the laptop's may be years off.
    private static func serverTime(of invite: InviteAnswer) throws -> Timestamp {
        guard let end = Timestamp(invite.expires) else {
            throw ReplicaError(LogClientError.foreign("its invite does not say when it ends"))
        }
        return Timestamp(millisecondsSince1970: end.millisecondsSince1970 - daysOfToken * 24 * 60 * 60 * 1000)
    }

    /// The invites that can still be used, the one that expires first at the front.
    ///
    /// - Throws: `ReplicaError`.
    public func invites() async throws(ReplicaError) -> [InviteList.Item] {
        try await asking { try await $0.ask("GET", "/invites", for: InviteList.self) }.invites
    }

    /// Takes an invite back.
    ///
    /// - Parameter id: as `invites` gives it.
    /// - Throws: `ReplicaError`: `unknownSubject` when there is no such invite that can be used.
    public func withdrawInvite(_ id: String) async throws(ReplicaError) {
        let unknown = ReplicaError(
            .unknownSubject,
            "no open invite is called \(id)",
            nextStep: "ambit invite list shows those that are"
        )
        guard InviteCode.isID(id) else { throw unknown }
        try await delete("/invites/\(id)", otherwise: unknown)
    }

    /// Gives a member a role, at once; one who has left takes part again.
    ///
    /// - Parameters:
    ///   - role: what the member may do from now on.
    ///   - member: whose role it is.
    /// - Throws: `ReplicaError`: `unknownSubject`; `refusedEvent` when the server does not take it. When it could not be
    ///   sent, the event is recorded, and the next sync sends it; it is refused where another admin has decided meanwhile.
    public func grant(_ role: Role, to member: MemberID) async throws(ReplicaError) {
        let outdated = try await pull()
        let isActive = try replica.members().first { $0.subject == member.rawValue }?.isActive ?? true
        var data = [JSONValue.Member("role", .string(role.rawValue))]
        if !isActive { data.append(JSONValue.Member("active", .bool(true))) }
        try await send("member.granted", about: member.rawValue, data: .object(data), outdated)
    }

    /// Lets a member go, at once: none of their devices has access any more.
    ///
    /// - Parameter member: who leaves.
    /// - Throws: as `grant`.
    public func remove(_ member: MemberID) async throws(ReplicaError) {
        let outdated = try await pull()
        let data = JSONValue.object([JSONValue.Member("active", .bool(false))])
        try await send("member.left", about: member.rawValue, data: data, outdated)
    }

    /// Takes away the access of a device, and of all that continue it.
    ///
    /// - Parameter device: the device.
    /// - Throws: `ReplicaError`: `unknownSubject` when there is no such device.
    public func revoke(_ device: DeviceID) async throws(ReplicaError) {
        let text = device.rawValue
        let id = text.hasPrefix(DeviceID.prefix) ? String(text.dropFirst(DeviceID.prefix.count)) : text
        let unknown = ReplicaError(
            .unknownSubject,
            "there is no device \(id)",
            nextStep: "ambit device list shows those that are"
        )
        guard DeviceID.isValid(text) else { throw unknown }
        try await delete("/devices/\(id)", otherwise: unknown)
    }

    /// What the server has last seen of each device, by their names.
    ///
    /// - Throws: `ReplicaError`.
    public func devicesSeen() async throws(ReplicaError) -> [DeviceSightings.Item] {
        try await asking { try await $0.ask("GET", "/devices", for: DeviceSightings.self) }.devices.map { item in
            var item = item
            // No log has fewer than none.
            if let size = item.size, size < 0 { item.size = nil }
            return item
        }
    }

    /// - Returns: why what others recorded could not be brought over; nil when it was.
    private func pull() async throws(ReplicaError) -> ReplicaError? {
        let outdated = try await replica.pull(over: transport) { [report] in report(.syncing($0)) }
        if let outdated { report(.outdated(because: outdated)) }
        return outdated
    }

    private func role(of member: MemberID) async throws(ReplicaError) -> String {
        let outdated = try await pull()
        guard let found = try replica.members().first(where: { $0.subject == member.rawValue && $0.isActive }) else {
            let agenda = try replica.settings.agenda
            throw ReplicaError(.unknownSubject, "\(member) is no active member of \(agenda)").afterPull(outdated)
        }
        return found.role
    }

    /// Records an event and syncs, so that it holds at once.
    private func send(
        _ type: String,
        about subject: String,
        data: JSONValue,
        _ outdated: ReplicaError?
    ) async throws(ReplicaError) {
        let event: RecordedEvent
        do {
            event = try replica.record(type: type, subject: subject, data: data)
        } catch {
            throw error.afterPull(outdated)
        }
        _ = try await replica.sync(over: transport).finish(reporting: { [report] in report(.syncing($0)) })
        guard let refused = try replica.refused().first(where: { $0.id == event.id }) else { return }
        throw ReplicaError(
            .refusedEvent,
            "the server refused it: \(refused.detail)",
            nextStep: "ambit refused has the event",
            problem: refused.problem
        )
    }

    /// Asks the server to delete what stands at a path.
    ///
    /// - Throws: `unknown` when there is no such thing there.
    private func delete(_ path: String, otherwise unknown: ReplicaError) async throws(ReplicaError) {
        do {
            try await asking { try await $0.send("DELETE", path) }
        } catch {
            throw error.code == .notFound ? unknown : error
        }
    }

    private func asking<Value: Sendable>(
        _ body: @Sendable (AgendaRequests) async throws -> Value
    ) async throws(ReplicaError) -> Value {
        do {
            return try await replica.asking(over: transport, token: try replica.files.readToken(), body)
        } catch {
            throw ReplicaError(wrapping: error, doing: "asking the server")
        }
    }
}

extension ReplicaError {
    /// What is unknown here may only be new: says so where what others recorded could not be brought over.
    fileprivate func afterPull(_ outdated: ReplicaError?) -> ReplicaError {
        guard code == .unknownSubject, outdated != nil else { return self }
        var error = self
        error.nextStep =
            "what others have recorded since the last sync is not here; try again when the server can be reached"
        return error
    }
}
