public import AgendaModel
public import EventLog
public import LogClient
internal import SyncProtocol

extension Replica {
    /// Enrols this laptop and brings the agenda over.
    ///
    /// The server's answer to the enrolment is the turning point, and it is stored before anything else happens.
    /// Interrupted before it, the folder holds nothing of use, and can be given to `clone` again. Interrupted after it,
    /// the folder is a replica, and `sync` brings over what is still missing. The token is never lost.
    ///
    /// ```swift
    /// let (replica, summary) = try await Replica.clone(
    ///     url: url,
    ///     into: folder,
    ///     invite: invite,
    ///     memberName: "Jansje Voorbeeld",
    ///     deviceName: "laptop 1"
    /// )
    /// print("\(replica.folder) has \(summary.size) entries, verified")
    /// ```
    ///
    /// - Parameters:
    ///   - url: the agenda's address: `https://host[:port]/agendas/<name>`.
    ///   - folder: a folder that does not exist yet, or is empty.
    ///   - invite: the code that an admin gave; it works once.
    ///   - memberName: the person's name; becomes part of the agenda's log. Ignored when the invite is for another
    ///     laptop of an existing member.
    ///   - deviceName: the laptop's name.
    ///   - transport: what carries requests; nil = HTTP.
    ///   - environment: time and randomness.
    ///   - options: retries of the first sync, and whether invite and token may go over http.
    ///   - progress: called with every step, from the task that clones.
    /// - Returns: the replica, and what its first sync did.
    /// - Throws: `ReplicaError`.
    public static func clone(
        url: String,
        into folder: String,
        invite: String,
        memberName: String,
        deviceName: String,
        transport: (any Transport)? = nil,
        environment: RuntimeEnvironment = .system,
        options: SyncOptions = SyncOptions(),
        progress: (@Sendable (SyncProgress) -> Void)? = nil
    ) async throws -> (replica: Replica, summary: SyncSummary) {
        let replica = try await enrol(
            url: url,
            into: folder,
            invite: invite,
            memberName: memberName,
            deviceName: deviceName,
            transport: transport,
            environment: environment,
            options: options
        )
        return (replica, try await replica.sync(over: transport, options: options).finish(reporting: progress))
    }

    /// Enrols this laptop, and makes an empty replica that a sync fills.
    ///
    /// See `clone`.
    public static func enrol(
        url: String,
        into folder: String,
        invite: String,
        memberName: String,
        deviceName: String,
        transport: (any Transport)? = nil,
        environment: RuntimeEnvironment = .system,
        options: SyncOptions = SyncOptions()
    ) async throws -> Replica {
        let address = try AgendaAddress(given: url, options)
        let files = ReplicaFolder(folder)
        var claim = try NewReplicaFolder(files)
        defer { withExtendedLifetime(claim) {} }
        var isEnrolled = false
        do {
            let key = try claim.deviceKey(random: environment.random)
            let request = EnrolmentRequest(
                invite: invite,
                member: memberName,
                device: deviceName,
                key: Base64.encode(key.publicKey),
                proof: Base64.encode(key.sign(Enrolment.proofMessage(invite: invite)))
            )
            let answer = try await answer(to: request, at: address, transport: transport, environment: environment)
            isEnrolled = true
            try files.keep(StoredEnrolment(url: address.text, answer: answer))
        } catch {
            // With its key the laptop gets in again, where only the answer was lost, or could not be kept.
            if !isEnrolled, (error as? ReplicaError)?.mayHaveHappened != true { claim.withdraw() }
            throw ReplicaError(wrapping: error, doing: "enrolling this laptop")
        }
        try files.completeEnrolment(holding: claim.lock)
        return try Replica(opening: folder, environment: environment)
    }

    /// Asks once; whoever is let in by the answer keeps the key that it was asked with.
    static func answer(
        to request: EnrolmentRequest,
        at address: AgendaAddress,
        verifiedSize: LogSize = .zero,
        transport: (any Transport)?,
        environment: RuntimeEnvironment
    ) async throws -> EnrolmentAnswer {
        guard let transport else {
            let http = try HTTPTransport(log: address.log, environment: environment)
            return try await http.shuttingDown {
                try await answer(
                    to: request,
                    at: address,
                    verifiedSize: verifiedSize,
                    transport: http,
                    environment: environment
                )
            }
        }
        do {
            let body = try ProtocolJSON.encode(request)
            let request = SyncRequests.enrolment(body, size: verifiedSize, at: environment.now())
            return try await transport.send(request).enrolment()
        } catch {
            guard let failure = LogClientError(ending: error) else { throw error }
            var result = ReplicaError(failure, verifiedSize: verifiedSize)
            if let step = failure.stepAfterEnrolling { result.nextStep = step }
            result.mayHaveHappened = failure.mayHaveEnrolled
            throw result
        }
    }
}

extension EnrolmentAnswer {
    /// Whether a token can be part of a request.
    static func isSound(token: String) -> Bool {
        !token.isEmpty && token.utf8.count <= 1024 && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// Whether the parts have their forms: what stands here becomes part of requests and events.
    var isSound: Bool {
        Self.isSound(token: token) && DeviceID.isValid(device) && MemberID.isValid(member)
            && (try? VerifierKey(verifierKey))?.name == origin
    }
}
