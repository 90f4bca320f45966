internal import AgendaModel
internal import EventLog

/// The device that sends a request.
struct Caller: Hashable, Sendable {
    var device: DeviceID
    /// Whose device it is.
    var member: MemberID
    /// What the member may do.
    var role: Role
    /// SHA-256 of the token that the request came with.
    var token: Hash

    /// The caller's right to write what takes at least this role.
    func authority(_ role: Role) -> Authority { Authority(token: token, role: role) }

    /// In whose name the caller takes permits.
    var client: ConcurrencyLimiter.Client { .member(member) }
}
