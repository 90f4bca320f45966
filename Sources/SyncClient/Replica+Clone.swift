extension Replica {
    /// Enrols this laptop and brings the agenda over.
    ///
    /// The server's answer to the enrolment is the turning point, and it is stored before anything else happens.
    /// Interrupted before it, the folder holds nothing of use and can be given to `clone` again; after it, the folder is
    /// a replica, and `sync` brings over what is still missing. The token is never lost.
    ///
    /// - Parameters:
    ///   - url: the agenda's address: `https://host[:port]/agendas/<name>`.
    ///   - folder: a folder that does not exist yet, or is empty.
    ///   - invite: the code that an admin gave; it works once.
    ///   - memberName: the person's name; becomes part of the agenda's log. Ignored when the invite is for another
    ///     laptop of an existing member.
    ///   - deviceName: the laptop's name.
    ///   - transport: what carries requests; nil = HTTP.
    ///   - progress: called with every step, from the task that clones.
    /// - Throws: `ReplicaError`.
    public static func clone(
        url: String,
        into folder: String,
        invite: String,
        memberName: String,
        deviceName: String,
        transport: (any Transport)? = nil,
        environment: ReplicaEnvironment = .system,
        options: SyncOptions = SyncOptions(),
        progress: (@Sendable (SyncProgress) -> Void)? = nil
    ) async throws -> (replica: Replica, summary: SyncSummary) {
        let replica = try await enrol(
            url: url, into: folder, invite: invite, memberName: memberName, deviceName: deviceName,
            transport: transport, environment: environment, options: options
        )
        var summary = SyncSummary()
        for try await step in replica.sync(over: transport, options: options) {
            progress?(step)
            if case .finished(let result) = step { summary = result }
        }
        return (replica, summary)
    }

    /// Enrols this laptop, and makes an empty replica that `sync` fills. See `clone`.
    public static func enrol(
        url: String,
        into folder: String,
        invite: String,
        memberName: String,
        deviceName: String,
        transport: (any Transport)? = nil,
        environment: ReplicaEnvironment = .system,
        options: SyncOptions = SyncOptions()
    ) async throws -> Replica {
        fatalError("skeleton")
    }
}
