package import AgendaModel

/// By what right somebody writes.
///
/// It is looked at once more when it is committed: a request may take its time to arrive, and access may be withdrawn
/// meanwhile.
package struct WriteRight: Hashable, Sendable {
    /// SHA-256 of the token that the request came with.
    package var token: Hash
    /// The least role that it takes.
    package var role: Role

    package init(token: Hash, role: Role) {
        self.token = token
        self.role = role
    }

    /// - Throws: `PushError` with `revoked` or `noRole` when it is not enough (any more).
    func check(_ access: Access) throws {
        guard let device = access.tokens[token], let role = access.role(ofDevice: device) else {
            throw PushError(.revoked, "the access of the device, of its token or of its member has ended; ask an admin")
        }
        guard role >= self.role else {
            throw PushError(
                .noRole,
                "this takes the role \(self.role.rawValue), and the member is \(role.rawValue) now; ask an admin"
            )
        }
    }
}
