internal import AgendaModel
package import EventLog

extension PostgreSQLLogStore {
    package func access() throws -> Access {
        let selects = [
            "SELECT openness, access_version FROM agendas WHERE id = $1",
            "SELECT subject, role, active FROM members WHERE agenda = $1",
            """
            SELECT subject, member, revoked, key, continues, signed, expires, limited FROM devices WHERE agenda = $1
            """,
            "SELECT hash, device FROM tokens WHERE agenda = $1",
        ]
        return try reading(selects.map { statement($0) }) { rows in
            guard let head = rows[0].first else { throw notFound }
            var access = Access()
            guard let openness = Openness(rawValue: try head.text(0)) else {
                throw corrupt("the word for who may read")
            }
            access.openness = openness
            access.version = try head.integer(1)
            for row in rows[1] {
                guard let role = Role(rawValue: try row.text(1)) else { throw corrupt("the list of members") }
                access.members[MemberID(unchecked: try row.text(0))] = Access.Member(
                    role: role,
                    isActive: try row.bool(2)
                )
            }
            for row in rows[2] {
                access.devices[DeviceID(unchecked: try row.text(0))] = Access.Device(
                    member: MemberID(unchecked: try row.text(1)),
                    isRevoked: try row.bool(2),
                    key: row.optionalBytes(3),
                    continues: row.optionalText(4).map { DeviceID(unchecked: $0) },
                    signedThrough: Counter(try row.integer(5)),
                    limits: AccessLimits(expires: row.optionalText(6), readsPublicOnly: try row.bool(7))
                )
            }
            for row in rows[3] {
                guard let hash = Hash(bytes: try row.bytes(0)) else { throw corrupt("the list of tokens") }
                access.tokens[hash] = DeviceID(unchecked: try row.text(1))
            }
            return access
        }
    }

    package func accessVersion() throws -> Int {
        try reading([statement("SELECT access_version FROM agendas WHERE id = $1")]) { rows in
            guard let row = rows[0].first else { throw notFound }
            return try row.integer(0)
        }
    }

    package func open(to openness: Openness) throws {
        let update = statement(
            """
            UPDATE agendas SET openness = $2, access_version = access_version + 1, changes = changes + 1
            WHERE id = $1 AND openness <> $2 AND moved IS NULL
            """,
            [.text(openness.rawValue)]
        )
        try writing([update]) { _ in }
        notices.announce(id)
    }

    package func add(_ invite: Invite) throws {
        // $2 is a commit's turn elsewhere.
        let insert = statement(
            "\(Invite.insertion) WHERE $2 ON CONFLICT (agenda, hash) DO NOTHING RETURNING agenda",
            [.bool(true)] + invite.parameters
        )
        let isAdded = try writing([lock, insert]) { !$0[1].isEmpty }
        guard isAdded else { throw LogError(.alreadyExists, "this invite has been added before; make a new one") }
    }

    package func invite(hash: Hash) throws -> Invite? {
        let select = statement("\(Invite.selection) AND hash = $2", [.bytes(hash.bytes)])
        return try reading([select]) { try $0[0].first.map(invite) }
    }

    package func invites() throws -> [Invite] {
        try reading([statement("\(Invite.selection) ORDER BY expires, hash")]) { try $0[0].map(invite) }
    }

    /// Waits for a commit that may be using it, as the log's row is locked.
    package func withdrawInvite(hash: Hash) throws -> Bool {
        let delete = statement(
            "DELETE FROM invites WHERE agenda = $1 AND hash = $2 AND used IS NULL RETURNING agenda",
            [.bytes(hash.bytes)]
        )
        return try writing([lock, delete]) { !$0[1].isEmpty }
    }

    private func invite(_ row: Row) throws -> Invite {
        guard let invite = try Invite(row) else { throw corrupt("the list of invites") }
        return invite
    }
}
