import AgendaModel
import EventLogSQLite
import Testing

@Suite("Which backups are kept")
struct BackupRetentionTests {
    private func times(_ texts: [String]) -> [Timestamp] { texts.map { Timestamp("2026-\($0)Z")! } }

    @Test("One of each of the last hours that have any, of the days likewise: the last one in it")
    func rules() throws {
        let retention = try #require(BackupRetention("3h,3d"))
        let kept = times([
            "11-28T12:20:00.000", "11-28T11:50:00.000", "11-28T10:10:00.000", "11-27T23:00:00.000",
            "11-26T05:00:00.000",
        ])
        let gone = times(["11-28T12:10:00.000", "11-28T09:59:00.000", "11-27T22:00:00.000", "11-25T23:59:00.000"])
        #expect(retention.kept(of: kept + gone, at: kept[0]) == Set(kept))
    }

    @Test("What is kept now was kept before: thinning out again and again loses none that a rule reaches")
    func again() throws {
        let retention = try #require(BackupRetention("24h,30d"))
        let start = Timestamp("2026-01-01T00:00:00.000Z")!
        var there: Set<Timestamp> = []
        for minute in stride(from: 0, through: 60 * 24 * 40, by: 20) {
            let now = Timestamp(millisecondsSince1970: start.millisecondsSince1970 + minute * 60_000)
            there = retention.kept(of: Array(there) + [now], at: now)
        }
        let ages = there.map { (start.millisecondsSince1970 + 40 * 86_400_000 - $0.millisecondsSince1970) / 3_600_000 }
        #expect(ages.count(where: { $0 < 24 }) >= 24)
        #expect(ages.count(where: { $0 >= 24 }) == 29 || ages.count(where: { $0 >= 24 }) == 28)
    }

    @Test("No clock takes a backup away: neither one that is far ahead, nor one that goes on after a long time")
    func clocks() throws {
        let retention = try #require(BackupRetention("24h,30d"))
        let there = times((1...20).map { "11-\($0 < 10 ? "0" : "")\($0)T12:00:00.000" })
        for later in ["2099-10-17T11:41:55.000Z", "2027-12-01T00:00:00.000Z"] {
            let last = try #require(Timestamp(later))
            #expect(retention.kept(of: there + [last], at: last) == Set(there + [last]))
        }
    }

    @Test("The newest one is kept, however old it is")
    func newest() throws {
        let retention = try #require(BackupRetention("1m"))
        let old = times(["01-01T00:00:00.000", "01-02T00:00:00.000"])
        #expect(retention.kept(of: old, at: times(["11-28T12:00:00.000"])[0]) == [old[1]])
        #expect(retention.kept(of: [], at: old[0]) == [])
    }

    @Test("What a clock that was ahead has named stays, and takes no place of what is made since")
    func ahead() throws {
        let retention = try #require(BackupRetention("3h"))
        let ahead = times(["12-02T10:00:00.000", "12-02T11:00:00.000", "12-02T11:30:00.000", "12-02T12:00:00.000"])
        let since = times(["11-30T08:00:00.000", "11-30T09:00:00.000", "11-30T10:00:00.000", "11-30T11:00:00.000"])
        #expect(retention.kept(of: ahead + since, at: since[3]) == Set(ahead + since.dropFirst()))
        // The one that was just made stays, also where the clock has been put back behind all others.
        #expect(retention.kept(of: ahead + since, at: since[0]) == Set(ahead + since))
        // Once their time has come they are as all others.
        #expect(retention.kept(of: ahead + since, at: ahead[3]) == [ahead[0], ahead[2], ahead[3]])
    }

    @Test(
        "What is no list of rules is none",
        arguments: ["", "24", "h", "0h", "24x", "24h,", "-1d", "24 h", "24h;3d", "999999d"]
    )
    func unreadable(_ text: String) { #expect(BackupRetention(text) == nil) }

    @Test("A list is written as it is read")
    func description() { #expect(BackupRetention("90m,24h,30d,12w")?.description == "90m,24h,30d,12w") }
}
