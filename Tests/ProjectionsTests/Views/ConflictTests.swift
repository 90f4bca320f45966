import AgendaModel
import EventLog
import EventLogTesting
import GRDB
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

    @Test(
        "Pages of any size put together are all conflicts, of all subjects, of a kind or of one",
        arguments: [1, 2, 7, 1000]
    )
    func pages(limit: Int) throws {
        for device in ["device/bbbbbb", "device/cccccc"] {
            for index in 1...9 {
                for kind in ["project", "projectile", "theme"] {
                    let data = "{\"title\":\"\(device)\",\"map\":{\"a/b\":\"\(device)\"}}"
                    log.record("\(kind).revised", "\(kind)/x-\(index)", data, by: device, basis: 1)
                }
            }
        }
        let all = try catchUp()
        #expect(all.count == 54)
        try file.read { (view) throws in
            for (kind, subject) in [(nil, nil), ("project", nil), ("gadget", nil), (nil, "theme/x-3")]
                as [(String?, String?)]
            {
                var found: [Conflict] = []
                var after: ConflictPlace?
                while true {
                    let page = try view.conflictPage(kind: kind, subject: subject, after: after, limit: limit)
                    found += page
                    guard page.count == limit, let last = page.last else { break }
                    let place = ConflictPlace(subject: last.subject, path: last.register.path)
                    after = ConflictPlace(place.text)
                    #expect(after == place)
                }
                let wanted = all.filter { conflict in
                    (kind.map { conflict.subject.hasPrefix("\($0)/") } ?? true)
                        && (subject ?? conflict.subject) == conflict.subject
                }
                #expect(found == wanted)
            }
            let beyond = ConflictPlace(subject: "theme/x-3", path: "/a")
            #expect(try view.conflictPage(kind: "project", after: beyond, limit: 9).isEmpty)
            let before = ConflictPlace(subject: "agenda/x", path: "/a")
            #expect(try view.conflictPage(kind: "project", after: before, limit: 99).count == 18)
            #expect(try view.conflictPage(subject: "theme/x-3", after: beyond, limit: 9).count == 2)
        }
        for text in ["", "project", "project/x", "/project/x"] { #expect(ConflictPlace(text) == nil, "\(text)") }
    }

    @Test("What is not on a page is not read for it")
    func readsNoFurther() throws {
        for device in ["device/bbbbbb", "device/cccccc"] {
            for index in 1...3 {
                log.record("project.revised", "project/x-\(index)", "{\"title\":\"\(device)\"}", by: device, basis: 1)
            }
        }
        #expect(try catchUp().count == 3)
        try DatabaseQueue(path: folder.file("state.sqlite")).write { db in
            try db.execute(sql: "UPDATE subjects SET registers = x'00' WHERE subject = 'project/x-2'")
        }
        func isDamaged() throws -> Bool? {
            try DatabaseQueue(path: folder.file("state.sqlite")).read { db in
                try Bool.fetchOne(db, sql: "SELECT registers = x'00' FROM subjects WHERE subject = 'project/x-2'")
            }
        }
        let page = try file.read { try $0.conflictPage(limit: 1) }
        #expect(page.map(\.subject) == ["project/x-1"])
        #expect(try isDamaged() == true)
        // Whoever reads it makes the file anew.
        #expect(try file.read { try $0.conflictPage(limit: 2) }.count == 2)
        #expect(try isDamaged() == false)
    }

    @Test("Pending events change the number of conflicts as they change the list")
    func countWithPending() throws {
        for device in ["device/bbbbbb", "device/cccccc"] {
            for index in 1...40 {
                log.record("project.revised", "project/x-\(index)", "{\"title\":\"\(device)\"}", by: device, basis: 1)
            }
        }
        #expect(try catchUp().count == 40)
        let pending = [
            log.event("project.revised", "project/x-3", #"{"title":"beslist"}"#, by: "device/dddddd"),
            log.event("project.revised", "project/x-4", #"{"summary":"nieuw"}"#, by: "device/dddddd"),
            log.event("project.revised", "project/aaaaaa-1", #"{"title":"blind"}"#, by: "device/dddddd", basis: 0),
        ]
        try file.read(pending: pending) { (view) throws in
            #expect(try view.conflictCount() == 40)
            #expect(try view.conflicts().count == 40)
            #expect(try view.conflicts(of: "project/x-3").isEmpty)
            #expect(try view.conflicts(of: "project/x-4").map(\.register.path) == ["/title"])
            #expect(try view.conflicts(of: "project/aaaaaa-1").count == 1)
        }
    }
}
