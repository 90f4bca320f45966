internal import AgendaModel
internal import EventLog
internal import GRDB

/// Holds the tables `members` and `devices` against what the entries say, and `tokens` and `invites` against these.
///
/// A member or device whose joining was erased is passed over: the log does not say any more what they are. Tokens and
/// invites are made and spent outside of the log: that one is missing, or was put in for a device that there is, nobody can
/// tell from it.
struct AccessTableCheck {
    private let db: Database
    private let format: Int32

    init(_ db: Database, format: Int32) {
        self.db = db
        self.format = format
    }

    func check(against replay: AccessReplay) throws {
        let devices = try devices()
        try replay.check(members: members(), devices: devices)
        try checkTokens(devices)
        try checkInvites(devices)
    }

    private func members() throws -> [MemberID: Access.Member] {
        var members: [MemberID: Access.Member] = [:]
        let columns = "\(StoredRow.text("subject")), \(StoredRow.text("role")), active"
        try forEachRow(of: "members", columns) { name, row in
            guard let role = Role(rawValue: try row.text(1)) else { throw LogDifference(row.place, "its role is none") }
            members[MemberID(unchecked: name)] = Access.Member(role: role, isActive: try flag(row, 2))
        }
        return members
    }

    private func devices() throws -> [DeviceID: Access.Device] {
        var devices: [DeviceID: Access.Device] = [:]
        let continues = format < 2 ? "NULL" : StoredRow.text("continues")
        let signed = format < 5 ? "0" : "signed"
        let limits = format < 7 ? "NULL, 0" : "\(StoredRow.text("expires")), limited"
        let names = "\(StoredRow.text("subject")), \(StoredRow.text("member"))"
        let columns = "\(names), revoked, key, \(continues), \(signed), \(limits)"
        try forEachRow(of: "devices", columns) { name, row in
            devices[DeviceID(unchecked: name)] = Access.Device(
                member: MemberID(unchecked: try row.text(1)),
                isRevoked: try flag(row, 2),
                key: try row.optionalBytes(3),
                continues: try row.optionalText(4).map { DeviceID(unchecked: $0) },
                signedThrough: Counter(try row.integer(5)),
                limits: AccessLimits(expires: try row.optionalText(6), readsPublicOnly: try flag(row, 7))
            )
        }
        return devices
    }

    private func checkTokens(_ devices: [DeviceID: Access.Device]) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT hash, \(StoredRow.text("device")) FROM tokens")
        while let row = try rows.next() {
            let row = StoredRow(row, .table("tokens"))
            _ = try row.hash(0)
            let device = DeviceID(unchecked: try row.text(1))
            guard devices[device] != nil else {
                throw LogDifference(row.place, "a token is that of \(device), which is no device of the log")
            }
        }
    }

    private func checkInvites(_ devices: [DeviceID: Access.Device]) throws {
        let device = format < 3 ? "NULL" : StoredRow.text("device")
        let rows = try Row.fetchCursor(
            db,
            sql:
                "SELECT hash, \(StoredRow.text("role")), \(StoredRow.text("member")), expires, used, \(device) FROM invites"
        )
        while let row = try rows.next() {
            let row = StoredRow(row, .table("invites"))
            _ = try row.hash(0)
            guard Role(rawValue: try row.text(1)) != nil else { throw LogDifference(row.place, "a role is none") }
            _ = try row.optionalText(2)
            _ = try row.integer(3)
            _ = try row.optionalInteger(4)
            if let maker = try row.optionalText(5), devices[DeviceID(unchecked: maker)] == nil {
                throw LogDifference(row.place, "an invite was made by \(maker), which is no device of the log")
            }
        }
    }

    private func forEachRow(
        of table: String,
        _ columns: String,
        _ body: (_ name: String, StoredRow) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT \(columns) FROM \(table)")
        while let row = try rows.next() {
            let name = try StoredRow(row, .table(table)).text(0)
            try body(name, StoredRow(row, .row(table: table, key: name)))
        }
    }

    private func flag(_ row: StoredRow, _ column: Int) throws -> Bool {
        switch try row.integer(column) {
        case 0: false
        case 1: true
        default: throw LogDifference(row.place, "what should be 0 or 1 is another number")
        }
    }
}
