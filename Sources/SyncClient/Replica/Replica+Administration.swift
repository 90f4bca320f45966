public import AgendaModel
internal import Projections
public import SyncProtocol

/// What an admin's laptop says to the server, besides recording events: who comes in, and which devices go.
///
/// Roles are changed by events: `member.granted` and `member.left`.
public struct ReplicaAdministration: Sendable {
    fileprivate let replica: Replica
    fileprivate let transport: (any Transport)?

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
        return try await asking { try await $0.ask("POST", "/invites", request, status: 201) }
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
        try await telling("/invites/", id, "no open invite is called \(id)", "ambit invite list shows those that are")
    }

    /// Takes away the access of a device, and of all that continue it.
    ///
    /// - Parameter device: `device/<id>`.
    /// - Throws: `ReplicaError`: `unknownSubject` when there is no such device.
    public func revoke(_ device: String) async throws {
        let id = device.hasPrefix("device/") ? String(device.dropFirst("device/".count)) : device
        try await telling("/devices/", id, "there is no device \(id)", "ambit device list shows those that are")
    }

    private func telling(_ path: String, _ id: String, _ message: String, _ nextStep: String) async throws {
        let isPlain = id.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        let unknown = ReplicaError(.unknownSubject, message, nextStep: nextStep)
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

/// A member, as the verified log has it.
public struct AgendaMember: Hashable, Sendable {
    /// The member, `member/<id>`.
    public var subject: String
    /// The person's name: personal data.
    public var name: String
    /// What the member may do.
    public var role: String
    /// Whether the member takes part.
    public var isActive: Bool
}

/// A device, as the verified log has it.
public struct AgendaDevice: Hashable, Sendable {
    /// The device, `device/<id>`.
    public var subject: String
    /// What it is called; nil when the log does not say.
    public var name: String?
    /// Whose it is, `member/<id>`.
    public var member: String
    /// The device that it goes on from; nil for one that enrolled with an invite.
    public var continues: String?
    /// Whether it lost its access.
    public var isRevoked: Bool
}

extension Replica {
    /// What an admin's laptop can say to the server.
    ///
    /// - Parameter transport: what carries requests; nil = HTTP.
    /// - Returns: the calls, each a request of its own.
    public func administration(over transport: (any Transport)? = nil) -> ReplicaAdministration {
        ReplicaAdministration(replica: self, transport: transport)
    }

    /// The members, sorted by subject, those who have left included.
    ///
    /// - Throws: `ReplicaError`.
    public func members() throws(ReplicaError) -> [AgendaMember] {
        try read(kind: "member") { AgendaMember($0, $1) }
    }

    /// The devices, sorted by subject, those that are revoked included.
    ///
    /// - Throws: `ReplicaError`.
    public func devices() throws(ReplicaError) -> [AgendaDevice] {
        try read(kind: "device") { AgendaDevice($0, $1) }
    }

    /// Of the log alone: what has not been sent yet gives and takes no access.
    private func read<Item>(kind: String, _ make: (String, JSONValue) -> Item) throws(ReplicaError) -> [Item] {
        let state = try state()
        return try performing("reading the state") {
            try state.documents(kind: kind, after: nil, limit: .max).map { subject, document in
                make(subject, try JSONValue(parsing: String(decoding: document, as: UTF8.self)))
            }
        }
    }
}

extension AgendaMember {
    /// Reads a document of the kind `member`.
    package init(_ subject: String, _ document: JSONValue) {
        self.init(
            subject: subject,
            name: document["name"]?.text ?? "",
            role: document["role"]?.text ?? "",
            isActive: document["active"] != .bool(false)
        )
    }
}

extension AgendaDevice {
    /// Reads a document of the kind `device`.
    package init(_ subject: String, _ document: JSONValue) {
        self.init(
            subject: subject,
            name: document["name"]?.text,
            member: document["member"]?.text ?? "",
            continues: document["continues"]?.text,
            isRevoked: document["revoked"] == .bool(true)
        )
    }
}
