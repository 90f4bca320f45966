import AgendaModel
import EventLog
import EventLogTesting
import GRDB
import Testing

@testable import Projections

@Suite("What subjects hold, in the state file")
struct WeightTests {
    private static let project = "project/aaaaaa-1"

    let folder: TestFolder
    let log: TestLog
    let file: StateFile

    init() throws {
        folder = try TestFolder()
        log = try TestLog()
        file = try folder.stateFile()
        log.record("project.started", Self.project, #"{"title":"Zonnepark"}"#)
        log.record("theme.opened", "theme/aaaaaa-2", #"{"title":"Energie"}"#)
    }

    private func catchUp() throws {
        try log.commit()
        try file.catchUp(with: log.store)
    }

    /// Partners with texts of so many bytes.
    private func join(
        _ numbers: ClosedRange<Int>,
        _ length: Int,
        by device: String = "device/aaaaaa",
        basis: Int? = nil
    ) {
        let text = String(repeating: "a", count: length)
        for number in numbers {
            let data = #"{"partners":{"organisation/aaaaaa-\#(number)":"\#(text)"}}"#
            log.record("project.partner-joined", Self.project, data, by: device, basis: basis)
        }
    }

    private var held: Int { get throws { SubjectWeight(try file.registers(of: Self.project)).bytes } }
    private var most: Int { get throws { try file.weightAtMost(of: Self.project) } }

    private func execute(_ sql: String) throws {
        try DatabaseQueue(path: folder.file("state.sqlite")).write { try $0.execute(sql: sql) }
    }

    @Test("Of one that holds much it is known how much, with all its heads; of others that it is little")
    func kept() throws {
        try catchUp()
        #expect(try most == WeightRow.least)
        #expect(try file.weightAtMost(of: "project/nergens-1") == WeightRow.least)
        join(1...10, 50_000)
        try catchUp()
        let one = try held
        #expect(try one > WeightRow.least && most == one)
        #expect(try file.weightAtMost(of: "theme/aaaaaa-2") == WeightRow.least)
        // Somebody who had seen none of it.
        join(1...10, 100, by: "device/bbbbbb", basis: 1)
        try catchUp()
        #expect(try held > one && most == held)
        // What an entry wrote that is erased holds nothing any more.
        try log.redact([4])
        try catchUp()
        #expect(try held < one && most == held)
        join(1...10, 0)
        try catchUp()
        #expect(try held < WeightRow.least && most == WeightRow.least)
        let count = try file.read { try Int.fetchOne($0.db, sql: "SELECT count(*) FROM weights") }
        #expect(count == 0)
    }

    @Test("A file that is made anew has them, and a log that begins anew has none of before")
    func anew() throws {
        join(1...8, 50_000)
        try catchUp()
        try file.rebuild(from: log.store)
        #expect(try most == held && held > WeightRow.least)
        let other = try TestLog(origin: "log.example/agendas/emmen")
        other.record("project.started", Self.project, #"{"title":"Zonnepark"}"#)
        try other.commit()
        try file.catchUp(with: other.store)
        #expect(try most == WeightRow.least)
    }

    @Test(
        "A row that is not as it was written is made anew",
        arguments: [
            "UPDATE weights SET bytes = 1", "UPDATE weights SET \"check\" = \"check\" + 1",
            "UPDATE weights SET subject = 'project/aaaaaa-0'", "UPDATE weights SET subject = 'project/aaaaaa-2'",
        ]
    )
    func damaged(sql: String) throws {
        join(1...8, 50_000)
        try catchUp()
        try execute(sql)
        #expect(try most == held && held > WeightRow.least)
    }
}
