import AgendaModel
import EventLog
import EventLogTesting
import Testing

@testable import Projections

@Suite("Pending events laid over the state file")
struct PendingTests {
    let folder: TestFolder
    let log: TestLog
    let file: StateFile

    init() throws {
        folder = try TestFolder()
        log = try TestLog()
        file = try folder.stateFile()
        for index in [2, 4, 6] {
            log.record("project.started", "project/aaaaaa-\(index)", "{\"title\":\"Project \(index)\"}")
        }
        log.record("theme.opened", "theme/aaaaaa-9", #"{"title":"Groen"}"#)
        try log.commit()
        try file.catchUp(with: log.store)
    }

    @Test("Documents are merged in order: changed ones in their place, new ones between the others")
    func merging() throws {
        let pending = [1, 4, 5, 7].map {
            log.event("project.revised", "project/aaaaaa-\($0)", "{\"summary\":\"Nieuw \($0)\"}", by: "device/bbbbbb")
        }
        let titles = try file.read(pending: pending) { (view) throws in
            try view.documents(kind: "project", after: nil, limit: 100).map {
                "\($0.subject) \(text($0.document) ?? "")"
            }
        }
        #expect(
            titles == [
                #"project/aaaaaa-1 {"summary":"Nieuw 1"}"#,
                #"project/aaaaaa-2 {"title":"Project 2"}"#,
                #"project/aaaaaa-4 {"summary":"Nieuw 4","title":"Project 4"}"#,
                #"project/aaaaaa-5 {"summary":"Nieuw 5"}"#,
                #"project/aaaaaa-6 {"title":"Project 6"}"#,
                #"project/aaaaaa-7 {"summary":"Nieuw 7"}"#,
            ]
        )
        #expect(try file.documents(kind: nil, after: nil, limit: 100).count == 4, "nothing was stored")
    }

    @Test("Pages of any size put together give everything, with and without pending events", arguments: [1, 2, 3, 100])
    func paging(size: Int) throws {
        let pending = [1, 4, 5, 7].map {
            log.event("project.revised", "project/aaaaaa-\($0)", "{\"summary\":\"Nieuw \($0)\"}", by: "device/bbbbbb")
        }
        for events in [[], pending] {
            for kind in [nil, "project", "theme", "gadget"] as [String?] {
                try file.read(pending: events) { (view) throws in
                    var pages: [String] = []
                    while true {
                        let page = try view.documents(kind: kind, after: pages.last, limit: size)
                        pages += page.map(\.subject)
                        if page.count < size { break }
                    }
                    var all: [String] = []
                    try view.forEachDocument(kind: kind) { subject, _ in
                        all.append(subject)
                        return true
                    }
                    #expect(pages == all)
                    #expect(all == all.sorted())
                    #expect(try view.count(kind: kind) == all.count)
                }
            }
        }
    }

    @Test("A document is shown with the pending events, its registers say which are pending")
    func registers() throws {
        let pending = [
            log.event("project.revised", "project/aaaaaa-2", #"{"title":"Anders"}"#, by: "device/bbbbbb"),
            log.event("project.revised", "project/aaaaaa-2", #"{"summary":"Meer"}"#, by: "device/bbbbbb"),
        ]
        try file.read(pending: pending) { (view) throws in
            #expect(try text(view.document(of: "project/aaaaaa-2")) == #"{"summary":"Meer","title":"Anders"}"#)
            #expect(try text(view.document(of: "project/aaaaaa-4")) == #"{"title":"Project 4"}"#)
            let heads = try view.registers(of: "project/aaaaaa-2").flatMap(\.heads)
            #expect(heads.map(\.position) == [.afterEverything, .afterEverything])
            #expect(view.hasPending("project/aaaaaa-2"))
            #expect(!view.hasPending("project/aaaaaa-4"))
            #expect(view.overlay?.subjects == ["project/aaaaaa-2"])
        }
        try file.read { view in #expect(view.overlay == nil) }
    }

    @Test("A pending event may open a conflict and may settle one; other conflicts stay")
    func conflicts() throws {
        for (index, device) in ["device/bbbbbb", "device/cccccc"].enumerated() {
            log.record("project.revised", "project/aaaaaa-2", "{\"title\":\"\(index)\"}", by: device, basis: 4)
            log.record("theme.revised", "theme/aaaaaa-9", "{\"title\":\"\(index)\"}", by: device, basis: 4)
        }
        try log.commit()
        try file.catchUp(with: log.store)
        #expect(try file.conflicts().map(\.subject) == ["project/aaaaaa-2", "theme/aaaaaa-9"])
        let pending = [
            log.event("project.revised", "project/aaaaaa-2", #"{"title":"0"}"#, by: "device/dddddd"),
            log.event("project.revised", "project/aaaaaa-4", #"{"title":"Blind"}"#, by: "device/dddddd", basis: 0),
        ]
        try file.read(pending: pending) { (view) throws in
            #expect(try view.conflicts().map(\.subject) == ["project/aaaaaa-4", "theme/aaaaaa-9"])
            #expect(try view.conflictCount() == 2)
        }
        #expect(try file.conflicts().count == 2, "nothing was stored")
    }

    @Test("The digest is of the log alone")
    func digest() throws {
        let pending = [log.event("project.revised", "project/aaaaaa-2", #"{"title":"Anders"}"#)]
        #expect(try file.read(pending: pending) { try $0.digest() } == file.digest())
    }

    @Test("A subject is found by its id alone when it is the only one with that id")
    func lookup() throws {
        log.record("member.joined", "member/assen", #"{"name":"Een"}"#)
        log.record("agenda.founded", "agenda/assen", #"{"title":"Assen"}"#)
        log.record("gadget.made", "gadget/new", #"{"title":"Later"}"#)
        try log.commit()
        try file.catchUp(with: log.store)
        let pending = [log.event("project.started", "project/bbbbbb-1", #"{"title":"Nieuw"}"#, by: "device/bbbbbb")]
        try file.read(pending: pending) { (view) throws in
            #expect(try view.subject(matching: "project/aaaaaa-4") == .one("project/aaaaaa-4"))
            #expect(try view.subject(matching: "aaaaaa-4") == .one("project/aaaaaa-4"))
            #expect(try view.subject(matching: "bbbbbb-1") == .one("project/bbbbbb-1"))
            #expect(try view.subject(matching: "new") == .one("gadget/new"))
            #expect(try view.subject(matching: "assen") == .many(["agenda/assen", "member/assen"]))
            #expect(try view.kinds() == ["agenda", "gadget", "member", "project", "theme"])
            for text in ["aaaaaa-3", "aaaaaa", "", "/", "project/", "project/aaaaaa-3", "aaaaaa-4/", "%"] {
                #expect(try view.subject(matching: text) == .none, "\(text)")
            }
        }
    }
}
