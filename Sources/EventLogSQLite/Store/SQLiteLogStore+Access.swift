package import AgendaModel
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
            for row in try Row.fetchAll(db, sql: Self.selectDevices) {
                access.devices[row[0]] = Access.Device(
                    member: row[1],
                    isRevoked: row[2],
                    key: (row[3] as Data?).map { [UInt8]($0) },
                    continues: row[4],
                    signedThrough: row[5]
                )
            }
            for row in try Row.fetchAll(db, sql: "SELECT hash, device FROM tokens") {
                access.tokens[try hash(row[0])] = row[1]
            }
            access.openness = try openness(db)
            access.version = try version(db)
            return access
        }
    }

    package func accessVersion() throws -> Int { try reading(version) }

    package func open(to openness: Openness) throws {
        try writing { db in
            guard try self.openness(db) != openness else { return }
            try set(Self.opennessKey, to: openness.rawValue, db)
            try countAccessChanges(1, db)
        }
    }

    package func add(_ invite: Invite) throws {
        do {
            try writing { db in try insert(invite, db) }
        } catch let error as LogError where error.code == .corrupt {
            guard try self.invite(hash: invite.hash) != nil else { throw error }
            throw LogError(.alreadyExists, "this invite has been added before; make a new one")
        }
    }

    private func insert(_ invite: Invite, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO invites (hash, role, member, expires, used, device) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                Data(invite.hash.bytes), invite.role.rawValue, invite.member,
                invite.expires.millisecondsSince1970, invite.used?.millisecondsSince1970, invite.device,
            ]
        )
    }

    package func invite(hash: Hash) throws -> Invite? {
        try reading { db in
            try Row.fetchOne(
                db,
                sql: "SELECT hash, role, member, expires, used, device FROM invites WHERE hash = ?",
                arguments: [Data(hash.bytes)]
            ).map(invite)
        }
    }

    package func invites(usableAt now: Timestamp) throws -> [Invite] {
        try reading { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT hash, role, member, expires, used, device FROM invites
                    WHERE used IS NULL AND expires > ? ORDER BY expires, hash
                    """,
                arguments: [now.millisecondsSince1970]
            ).map(invite)
        }
    }

    package func withdrawInvite(hash: Hash) throws -> Bool {
        try writing { db in
            try db.execute(
                sql: "DELETE FROM invites WHERE hash = ? AND used IS NULL",
                arguments: [Data(hash.bytes)]
            )
            return db.changesCount > 0
        }
    }

    /// Whether the commit uses an invite that has been used or withdrawn since.
    func usesSpentInvite(_ commit: EventLog.Commit, _ db: Database) throws -> Bool {
        try commit.access.contains { change in
            guard case .inviteUsed(let hash, _) = change else { return false }
            let sql = "SELECT 1 FROM invites WHERE hash = ? AND used IS NULL"
            return try Int.fetchOne(db, sql: sql, arguments: [Data(hash.bytes)]) == nil
        }
    }

    func apply(_ changes: [AccessChange], _ db: Database) throws {
        for change in changes { try apply(change, db) }
        if !changes.isEmpty { try countAccessChanges(changes.count, db) }
    }

    private func apply(_ change: AccessChange, _ db: Database) throws {
        switch change {
        case .member(let subject, let role, let isActive):
            try db.execute(
                sql: "INSERT OR REPLACE INTO members (subject, role, active) VALUES (?, ?, ?)",
                arguments: [subject, role.rawValue, isActive]
            )
        case .device(let subject, let device):
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO devices (subject, member, revoked, key, continues, signed)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    subject, device.member, device.isRevoked, device.key.map { Data($0) }, device.continues,
                    device.signedThrough,
                ]
            )
        case .token(let hash, let device):
            try db.execute(
                sql: "INSERT OR REPLACE INTO tokens (hash, device) VALUES (?, ?)",
                arguments: [Data(hash.bytes), device]
            )
        case .tokenEnded(let hash):
            try db.execute(sql: "DELETE FROM tokens WHERE hash = ?", arguments: [Data(hash.bytes)])
        case .inviteMade(let invite):
            try insert(invite, db)
        case .inviteUsed(let hash, let time):
            try db.execute(
                sql: "UPDATE invites SET used = ? WHERE hash = ?",
                arguments: [time.millisecondsSince1970, Data(hash.bytes)]
            )
        }
    }

    private static let selectDevices = "SELECT subject, member, revoked, key, continues, signed FROM devices"
    private static let opennessKey = "openness"
    private static let versionKey = "access-version"

    private func openness(_ db: Database) throws -> Openness {
        guard let value = try value(Self.opennessKey, db) else { return .members }
        guard let openness = Openness(rawValue: value) else { throw corrupt("the word for who may read") }
        return openness
    }

    private func version(_ db: Database) throws -> Int {
        guard let value = try value(Self.versionKey, db) else { return 0 }
        guard let version = Int(value) else { throw corrupt("the count of changes of access") }
        return version
    }

    private func countAccessChanges(_ count: Int, _ db: Database) throws {
        try set(Self.versionKey, to: String(version(db) + count), db)
    }

    private func value(_ key: String, _ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
    }

    private func set(_ key: String, to value: String, _ db: Database) throws {
        try db.execute(sql: "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", arguments: [key, value])
    }

    private func invite(_ row: Row) throws -> Invite {
        Invite(
            hash: try hash(row[0]),
            role: try role(row[1]),
            member: row[2],
            expires: Timestamp(millisecondsSince1970: row[3]),
            used: (row[4] as Int?).map(Timestamp.init(millisecondsSince1970:)),
            device: row[5]
        )
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
