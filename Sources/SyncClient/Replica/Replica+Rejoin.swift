internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
public import LogClient
internal import SyncProtocol

extension Replica {
    /// Enrols this laptop anew with an invite, and syncs: what has not been sent is sent as the new device.
    ///
    /// For a replica that the server does not let in any more: its device was revoked, its token is unknown there or
    /// gone here. What the server has of it already is brought over first, so that nothing is sent twice. A server
    /// of another log, or with less than what is verified here, does not enrol it, and the invite stays good. An invite by which
    /// this laptop has become the device that it is lets it in again.
    ///
    /// - Parameters:
    ///   - invite: the code that an admin gave; it works once.
    ///   - memberName: the person's name. Ignored when the invite is for another laptop of an existing member.
    ///   - deviceName: the laptop's name.
    ///   - url: the agenda's address from now on, as for `changeAddress`; nil = the one that is kept.
    ///   - transport: what carries requests; nil = HTTP.
    ///   - options: retries, how long to wait for another sync, and whether invite and token may go to `url` over http.
    ///   - progress: called with every step, from the task that syncs.
    /// - Returns: what the sync did. When it is interrupted, the next sync goes on: the laptop is enrolled by then.
    /// - Throws: `ReplicaError`.
    public func rejoin(
        invite: String,
        memberName: String,
        deviceName: String,
        url: String? = nil,
        transport: (any Transport)? = nil,
        options: SyncOptions = SyncOptions(),
        progress: (@Sendable (SyncProgress) -> Void)? = nil
    ) async throws -> SyncSummary {
        do {
            let address =
                try url.map { url throws in try AgendaAddress(given: url, options) }
                ?? AgendaAddress(kept: settings.url)
            let names = (member: memberName, device: deviceName)
            let device = try await reenrol(invite, as: names, at: address, over: transport, options: options)
            progress?(.enrolled(device))
        } catch {
            throw ReplicaError(wrapping: error, doing: "enrolling this laptop anew")
        }
        return try await sync(over: transport, options: options).finish(reporting: progress)
    }

    private func reenrol(
        _ invite: String,
        as names: (member: String, device: String),
        at address: AgendaAddress,
        over transport: (any Transport)?,
        options: SyncOptions
    ) async throws -> DeviceID {
        let lock = try await syncLock(options)
        defer { withExtendedLifetime(lock) {} }
        let settings = try settings
        let key = try files.keyOfNextDevice(random: environment.random)
        let answer: EnrolmentAnswer
        do {
            answer = try await enrolment(by: invite, as: names, with: key, at: address, over: transport)
        } catch let error as ReplicaError where error.code == .invalidInvite {
            // By it this laptop may have become the device that it is, and only the sync after that was cut off.
            guard let again = try await enrolmentAgain(by: invite, as: names, at: address, over: transport) else {
                throw error
            }
            try files.keep(token: again.token)
            if address.text != settings.url { try await moveLog(to: address, token: again.token, over: transport) }
            return settings.device
        }
        if address.text != settings.url { try await moveLog(to: address, token: answer.token, over: transport) }
        try files.keep(
            StoredEnrolment(
                url: address.text,
                answer: answer,
                continues: settings.device.rawValue,
                key: Base64.encode(key.seed)
            )
        )
        return DeviceID(unchecked: answer.device)
    }

    /// What the server answers when the invite is redeemed once more with the key of the device that this replica is.
    ///
    /// - Returns: nil where that device was not made with it.
    private func enrolmentAgain(
        by invite: String,
        as names: (member: String, device: String),
        at address: AgendaAddress,
        over transport: (any Transport)?
    ) async throws -> EnrolmentAnswer? {
        guard let key = try? files.readDeviceKey() else { return nil }
        do {
            let answer = try await enrolment(by: invite, as: names, with: key, at: address, over: transport)
            let device = try settings.device
            return answer.device == device.rawValue ? answer : nil
        } catch let error as ReplicaError where error.code == .invalidInvite {
            return nil
        }
    }

    /// Asks once, with the proof that it has this key.
    ///
    /// - Returns: the answer of a server that has this replica's log.
    private func enrolment(
        by invite: String,
        as names: (member: String, device: String),
        with key: DeviceKey,
        at address: AgendaAddress,
        over transport: (any Transport)?
    ) async throws -> EnrolmentAnswer {
        let settings = try settings
        let request = EnrolmentRequest(
            invite: invite,
            member: names.member,
            device: names.device,
            key: Base64.encode(key.publicKey),
            proof: Base64.encode(key.sign(Enrolment.proofMessage(invite: invite))),
            verifierKey: settings.verifierKey
        )
        let answer: EnrolmentAnswer
        do {
            answer = try await Self.answer(
                to: request,
                at: address,
                verifiedSize: try verifiedSize,
                transport: transport,
                environment: environment
            )
        } catch let error as ReplicaError where error.code == .serverBehind {
            await reportCheckpoint(to: address, over: transport)
            throw error
        }
        // A server that does not know `verifierKey` has enrolled it by now.
        guard answer.origin == settings.origin, answer.verifierKey == settings.verifierKey else {
            throw ReplicaError(
                .badCheckpoint,
                "the server at \(address.text) vouches for another log than the one that this replica was made of",
                nextStep: "nothing was changed here; ask the agenda's administrator whether this is the right server"
            )
        }
        return answer
    }

    /// Shows the server what it has signed and forgotten; it knows no token of this laptop, and needs none for that.
    private func reportCheckpoint(to address: AgendaAddress, over transport: (any Transport)?) async {
        guard let note = try? store.head().checkpoint?.note else { return }
        let report = CheckpointReport(note, token: nil)
        if let transport { return await report.send(over: transport) }
        guard let http = try? HTTPTransport(log: address.log, environment: environment) else { return }
        _ = try? await http.shuttingDown { await report.send(over: http) }
    }
}
