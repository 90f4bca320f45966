internal import AgendaModel
internal import EventLog

/// The device that sends a request.
struct Caller: Hashable, Sendable {
    /// Where it has access: members of other agendas may have the same name.
    var agenda: AgendaName
    var device: DeviceID
    /// Whose device it is.
    var member: MemberID
    /// What the member may do.
    var role: Role
    /// What the device lacks of that.
    var limits = AccessLimits()
    /// SHA-256 of the token that the request came with.
    var token: Hash

    /// By what name the device's requests are counted.
    var name: String { "\(agenda) \(device)" }

    /// The caller's right to write what takes at least this role.
    func right(_ role: Role) -> WriteRight { WriteRight(token: token, role: role) }

    /// In whose name the caller takes permits.
    var client: ConcurrencyLimiter.Client { .member(member, of: agenda) }
}
