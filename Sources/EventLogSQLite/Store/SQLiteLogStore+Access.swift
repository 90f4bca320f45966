internal import AgendaModel
package import EventLog
internal import Foundation
internal import GRDB

extension SQLiteLogStore {
    package func access() throws -> Access {
        try reading { db in
            var access = Access()
            for row in try Row.fetchAll(
                db,
                sql: "SELECT subject, role, active, \(CheckedTable.members.isHeld) FROM members"
            ) {
                try CheckedTable.members.hold(row, 3)
                access.members[row[0]] = Access.Member(role: try role(row[1]), isActive: row[2])
            }
            for row in try Row.fetchAll(db, sql: Self.selectDevices) {
                try CheckedTable.devices.hold(row, 8)
                access.devices[row[0]] = Access.Device(
                    member: row[1],
                    isRevoked: row[2],
                    key: (row[3] as Data?).map { [UInt8]($0) },
                    continues: row[4],
                    signedThrough: row[5],
                    limits: AccessLimits(expires: row[6], readsPublicOnly: row[7])
                )
            }
            for row in try Row.fetchAll(db, sql: "SELECT hash, device, \(CheckedTable.tokens.isHeld) FROM tokens") {
                try CheckedTable.tokens.hold(row, 2)
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
            try CheckedTable.meta.setText(of: Self.opennessKey, to: openness.rawValue, db)
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
            sql: "INSERT \(CheckedTable.invites.insertion)",
            arguments: [
                Data(invite.hash.bytes), invite.role.rawValue, invite.member,
                invite.expires.millisecondsSince1970, invite.used?.millisecondsSince1970, invite.device,
            ]
        )
    }

    package func invite(hash: Hash) throws -> Invite? {
        try reading { db in try invite(hash: hash, db) }
    }

    private func invite(hash: Hash, _ db: Database) throws -> Invite? {
        let key = Data(hash.bytes)
        let sql = "SELECT \(Self.inviteColumns) FROM invites WHERE hash = ?"
        guard let row = try Row.fetchOne(db, sql: sql, arguments: [key]) else {
            // One that a disk has changed would be nobody's.
            try CheckedTable.invites.holdBeside(key, db)
            return nil
        }
        return try invite(row)
    }

    package func invites() throws -> [Invite] {
        try reading { db in
            try Row.fetchAll(
                db,
                sql: "SELECT \(Self.inviteColumns) FROM invites ORDER BY expires, hash"
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
            return try invite(hash: hash, db).map { $0.used != nil } ?? true
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
                sql: "INSERT OR REPLACE \(CheckedTable.members.insertion)",
                arguments: [subject, role.rawValue, isActive]
            )
        case .device(let subject, let device):
            try db.execute(
                sql: "INSERT OR REPLACE \(CheckedTable.devices.insertion)",
                arguments: [
                    subject, device.member, device.isRevoked, device.key.map { Data($0) }, device.continues,
                    device.signedThrough, device.limits.expires, device.limits.readsPublicOnly,
                ]
            )
        case .token(let hash, let device):
            try db.execute(
                sql: "INSERT OR REPLACE \(CheckedTable.tokens.insertion)",
                arguments: [Data(hash.bytes), device]
            )
        case .tokenEnded(let hash):
            try db.execute(sql: "DELETE FROM tokens WHERE hash = ?", arguments: [Data(hash.bytes)])
        case .inviteMade(let invite):
            try insert(invite, db)
        case .inviteUsed(let hash, let time):
            try db.execute(
                sql:
                    "UPDATE invites SET used = ?1, crc = \(CheckedTable.invites.check(["used": "?1"])) WHERE hash = ?2",
                arguments: [time.millisecondsSince1970, Data(hash.bytes)]
            )
        }
    }

    private static let selectDevices =
        "SELECT \(CheckedTable.devices.columns.joined(separator: ", ")), \(CheckedTable.devices.isHeld) FROM devices"
    private static let inviteColumns =
        "\(CheckedTable.invites.columns.joined(separator: ", ")), \(CheckedTable.invites.isHeld)"
    private static let opennessKey = "openness"
    private static let versionKey = "access-version"

    private func openness(_ db: Database) throws -> Openness {
        guard let value = try CheckedTable.meta.text(of: Self.opennessKey, db) else { return .members }
        guard let openness = Openness(rawValue: value) else { throw corrupt("the word for who may read") }
        return openness
    }

    private func version(_ db: Database) throws -> Int {
        guard let value = try CheckedTable.meta.text(of: Self.versionKey, db) else { return 0 }
        guard let version = Int(value) else { throw corrupt("the count of changes of access") }
        return version
    }

    private func countAccessChanges(_ count: Int, _ db: Database) throws {
        try CheckedTable.meta.setText(of: Self.versionKey, to: String(version(db) + count), db)
    }

    private func invite(_ row: Row) throws -> Invite {
        try CheckedTable.invites.hold(row, 6)
        return Invite(
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
