import AgendaModel
import EventLog
import EventLogTesting
import Testing

@testable import Projections

@Suite("Conflicts in the state file")
struct ConflictTests {
    let folder: TestFolder
    let log: TestLog
    let file: StateFile

    init() throws {
        folder = try TestFolder()
        log = try TestLog()
        file = try folder.stateFile()
        log.record("project.started", "project/aaaaaa-1", #"{"phase":"idea","title":"Zonnepark"}"#)
        try log.commit()
    }

    private func catchUp() throws -> [Conflict] {
        try log.commit()
        try file.catchUp(with: log.store)
        return try file.conflicts()
    }

    @Test("A conflict opens with the second write that had not seen the first, with both heads and their authors")
    func opens() throws {
        #expect(try catchUp().isEmpty)
        log.record("project.advanced", "project/aaaaaa-1", #"{"phase":"preparation"}"#, by: "device/bbbbbb", basis: 1)
        #expect(try catchUp().isEmpty)
        log.record("project.advanced", "project/aaaaaa-1", #"{"phase":"realisation"}"#, by: "device/cccccc", basis: 1)
        let conflicts = try catchUp()
        #expect(conflicts.count == 1)
        let register = try #require(conflicts.first?.register)
        #expect(conflicts.first?.subject == "project/aaaaaa-1")
        #expect(register.path == "/phase")
        #expect(register.heads.map(\.source) == ["device/cccccc", "device/bbbbbb"])
        #expect(register.heads.map { text($0.value) } == ["\"realisation\"", "\"preparation\""])
        #expect(register.heads.map(\.position) == [Position(2), Position(1)])
        #expect(register.conflictSince == LogSize(3))
        #expect(try file.read { try $0.conflictCount() } == 1)
    }

    @Test("A conflict goes when somebody who had seen all heads writes the register")
    func settled() throws {
        log.record("project.advanced", "project/aaaaaa-1", #"{"phase":"preparation"}"#, by: "device/bbbbbb", basis: 1)
        log.record("project.advanced", "project/aaaaaa-1", #"{"phase":"realisation"}"#, by: "device/cccccc", basis: 1)
        #expect(try catchUp().count == 1)
        log.record("project.advanced", "project/aaaaaa-1", #"{"phase":"preparation"}"#, by: "device/dddddd")
        #expect(try catchUp().isEmpty)
        #expect(try file.read { try $0.conflictCount() } == 0)
        #expect(try text(file.document(of: "project/aaaaaa-1")) == #"{"phase":"preparation","title":"Zonnepark"}"#)
    }

    @Test("A third head does not make the conflict look younger")
    func since() throws {
        for device in ["device/bbbbbb", "device/cccccc", "device/dddddd"] {
            log.record(
                "project.advanced",
                "project/aaaaaa-1",
                "{\"phase\":\"\(device.suffix(6))\"}",
                by: device,
                basis: 1
            )
        }
        let conflicts = try catchUp()
        #expect(conflicts.first?.register.heads.count == 3)
        #expect(conflicts.first?.register.conflictSince == LogSize(3))
    }

    @Test("Two heads with the same value are no conflict")
    func agreement() throws {
        for device in ["device/bbbbbb", "device/cccccc"] {
            log.record("project.advanced", "project/aaaaaa-1", #"{"phase":"halted"}"#, by: device, basis: 1)
        }
        #expect(try catchUp().isEmpty)
        #expect(try file.registers(of: "project/aaaaaa-1").first { $0.path == "/phase" }?.heads.count == 2)
    }

    @Test("Many conflicts at once are found as one by one")
    func many() throws {
        for device in ["device/bbbbbb", "device/cccccc"] {
            for index in 1...200 {
                log.record("project.revised", "project/x-\(index)", "{\"title\":\"\(device)\"}", by: device, basis: 1)
            }
        }
        let conflicts = try catchUp()
        #expect(conflicts.map(\.subject) == (1...200).map { "project/x-\($0)" }.sorted())
    }
}
