internal import AgendaModel
internal import EventLog

/// Whom an agenda takes the sender of a request for, and by which access.
///
/// Handed on from where the request came in: it is looked up again only where the access is another by then.
struct KnownSender: Sendable {
    let agenda: AgendaName
    let identity: Identity
    /// The device that the token belongs to, whether it has access or not; nil when it is nobody's.
    let device: DeviceID?
    /// Of the access that says so.
    let accessVersion: Int

    /// - Parameters:
    ///   - credentials: what the request says.
    ///   - access: the agenda's, as last committed.
    ///   - agenda: the agenda's name.
    ///   - now: when it is asked.
    init(_ credentials: Credentials, in access: Access, of agenda: AgendaName, at now: Timestamp) {
        self.agenda = agenda
        identity = Identity(credentials, in: access, of: agenda, at: now)
        device = if case .token(let hash) = credentials { access.tokens[hash] } else { nil }
        accessVersion = access.version
    }

    /// Whether looking it up again, for the same request, would give the same.
    func stands(in access: Access, of agenda: AgendaName, at now: Timestamp) -> Bool {
        self.agenda == agenda && accessVersion == access.version && identity.caller?.limits.hasExpired(at: now) != true
    }
}
