public import AgendaModel
internal import LogClient
public import SyncProtocol

/// What an admin's laptop says to the server, besides recording events: who comes in, and which devices go.
///
/// Roles are changed by events: `member.granted` and `member.left`.
public struct ReplicaAdministration: Sendable {
    let replica: Replica
    let transport: (any Transport)?

    /// Makes a one-time invite; its code is not shown again.
    ///
    /// - Parameters:
    ///   - role: what the invited person may do.
    ///   - member: `member/<id>` when it is for another laptop of a member, who keeps their role.
    ///   - days: how long it works; nil = 7.
    /// - Returns: the invite with its code.
    /// - Throws: `ReplicaError`.
    public func invite(_ role: Role, member: String? = nil, days: Int? = nil) async throws -> InviteAnswer {
        let request = InviteRequest(role: role.rawValue, member: member, expiresInDays: days)
        return try await asking { try await $0.ask("POST", "/invites", sending: request, status: 201) }
    }

    /// The invites that can still be used, the one that expires first at the front.
    ///
    /// - Throws: `ReplicaError`.
    public func invites() async throws -> [InviteList.Item] {
        try await asking { try await $0.ask("GET", "/invites", for: InviteList.self) }.invites
    }

    /// Takes an invite back.
    ///
    /// - Parameter id: as `invites` gives it.
    /// - Throws: `ReplicaError`: `unknownSubject` when there is no such invite that can be used.
    public func withdrawInvite(_ id: String) async throws {
        try await delete(
            "/invites/",
            id: id,
            otherwise: ReplicaError(
                .unknownSubject,
                "no open invite is called \(id)",
                nextStep: "ambit invite list shows those that are"
            )
        )
    }

    /// Takes away the access of a device, and of all that continue it.
    ///
    /// - Parameter device: `device/<id>`.
    /// - Throws: `ReplicaError`: `unknownSubject` when there is no such device.
    public func revoke(_ device: String) async throws {
        let id = device.hasPrefix("device/") ? String(device.dropFirst("device/".count)) : device
        try await delete(
            "/devices/",
            id: id,
            otherwise: ReplicaError(
                .unknownSubject,
                "there is no device \(id)",
                nextStep: "ambit device list shows those that are"
            )
        )
    }

    /// Asks the server to delete what has this id.
    ///
    /// - Throws: `unknown` when there is no such thing there, or when it is no id at all.
    private func delete(_ path: String, id: String, otherwise unknown: ReplicaError) async throws {
        let isPlain = id.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard isPlain, !id.isEmpty else { throw unknown }
        do {
            try await asking { try await $0.tell("DELETE", path + id) }
        } catch let error as ReplicaError where error.code == .notFound {
            throw unknown
        }
    }

    private func asking<Value: Sendable>(
        _ body: @Sendable (AgendaRequests) async throws -> Value
    ) async throws -> Value {
        try await replica.asking(over: transport, token: try replica.files.readToken(), body)
    }
}
