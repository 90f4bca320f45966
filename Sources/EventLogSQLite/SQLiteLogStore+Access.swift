internal import AgendaModel
package import EventLog
internal import Foundation
internal import GRDB

extension SQLiteLogStore {
    package func access() throws -> Access {
        try reading { db in
            var access = Access()
            for row in try Row.fetchAll(db, sql: "SELECT subject, role, active FROM members") {
                access.members[row[0]] = Access.Member(role: try role(row[1]), isActive: row[2])
            }
            for row in try Row.fetchAll(db, sql: "SELECT subject, member, revoked, key FROM devices") {
                access.devices[row[0]] = Access.Device(
                    member: row[1],
                    isRevoked: row[2],
                    key: (row[3] as Data?).map { [UInt8]($0) }
                )
            }
            for row in try Row.fetchAll(db, sql: "SELECT hash, device FROM tokens") {
                access.tokens[try hash(row[0])] = row[1]
            }
            return access
        }
    }

    package func add(_ invite: Invite) throws {
        do {
            try writing { db in
                try db.execute(
                    sql: "INSERT INTO invites (hash, role, member, expires, used) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        Data(invite.hash.bytes), invite.role.rawValue, invite.member,
                        invite.expires.millisecondsSince1970, invite.used?.millisecondsSince1970,
                    ]
                )
            }
        } catch let error as LogError where error.code == .corrupt {
            guard try self.invite(hash: invite.hash) != nil else { throw error }
            throw LogError(.alreadyExists, "this invite has been added before; make a new one")
        }
    }

    package func invite(hash: Hash) throws -> Invite? {
        try reading { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT role, member, expires, used FROM invites WHERE hash = ?",
                arguments: [Data(hash.bytes)]
            )
            guard let row else { return nil }
            return Invite(
                hash: hash,
                role: try role(row[0]),
                member: row[1],
                expires: Timestamp(millisecondsSince1970: row[2]),
                used: (row[3] as Int?).map(Timestamp.init(millisecondsSince1970:))
            )
        }
    }

    func apply(_ change: AccessChange, _ db: Database) throws {
        switch change {
        case .member(let subject, let role, let isActive):
            try db.execute(
                sql: "INSERT OR REPLACE INTO members (subject, role, active) VALUES (?, ?, ?)",
                arguments: [subject, role.rawValue, isActive]
            )
        case .device(let subject, let device):
            try db.execute(
                sql: "INSERT OR REPLACE INTO devices (subject, member, revoked, key) VALUES (?, ?, ?, ?)",
                arguments: [subject, device.member, device.isRevoked, device.key.map { Data($0) }]
            )
        case .token(let hash, let device):
            try db.execute(
                sql: "INSERT OR REPLACE INTO tokens (hash, device) VALUES (?, ?)",
                arguments: [Data(hash.bytes), device]
            )
        case .inviteUsed(let hash, let time):
            try db.execute(
                sql: "UPDATE invites SET used = ? WHERE hash = ?",
                arguments: [time.millisecondsSince1970, Data(hash.bytes)]
            )
        }
    }

    private func role(_ name: String) throws -> Role {
        guard let role = Role(rawValue: name) else { throw corrupt("the list of members or invites") }
        return role
    }

    private func hash(_ data: Data) throws -> Hash {
        guard let hash = Hash(bytes: data) else { throw corrupt("the list of tokens or invites") }
        return hash
    }
}
