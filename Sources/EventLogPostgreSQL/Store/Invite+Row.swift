internal import AgendaModel
internal import EventLog

extension Invite {
    /// `$1` is the agenda; what `parameters` gives begins with `$3`.
    static let insertion = """
        INSERT INTO invites (agenda, hash, role, member, expires, used, device) SELECT $1, $3, $4, $5, $6, $7, $8
        """

    var parameters: [Parameter] {
        [
            .bytes(hash.bytes), .text(role.rawValue), .text(member?.rawValue), .integer(expires.millisecondsSince1970),
            .integer(used?.millisecondsSince1970), .text(device?.rawValue),
        ]
    }

    static let selection = "SELECT hash, role, member, expires, used, device FROM invites WHERE agenda = $1"

    /// nil for a row that holds no invite.
    init?(_ row: Row) throws {
        guard let hash = Hash(bytes: try row.bytes(0)), let role = Role(rawValue: try row.text(1)) else { return nil }
        self.init(
            hash: hash,
            role: role,
            member: row.optionalText(2).map { MemberID(unchecked: $0) },
            expires: Timestamp(millisecondsSince1970: try row.integer(3)),
            used: try row.optionalInteger(4).map { Timestamp(millisecondsSince1970: $0) },
            device: row.optionalText(5).map { DeviceID(unchecked: $0) }
        )
    }
}
