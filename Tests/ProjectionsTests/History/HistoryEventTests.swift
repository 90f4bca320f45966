import AgendaModel
import EventLog
import EventLogTesting
import Testing

@testable import Projections

@Suite("What events changed, and what their authors did not know")
struct HistoryEventTests {
    private let folder: TestFolder
    private let log: TestLog
    private let project = "project/aaaaaa-1"

    init() throws {
        folder = try TestFolder()
        log = try TestLog()
        log.record("member.joined", "member/anna", #"{"name":"Anna","role":"editor"}"#, by: "server")
        log.record("device.enrolled", "device/aaaaaa", #"{"member":"member/anna","name":"laptop 1"}"#, by: "server")
        log.record("member.joined", "member/bert", #"{"name":"Bert","role":"editor"}"#, by: "server")
        log.record("device.enrolled", "device/bbbbbb", #"{"member":"member/bert","name":"laptop 2"}"#, by: "server")
        log.record("project.started", project, #"{"title":"Zonneveld","phase":"idea"}"#)
        try log.commit()
    }

    private func events(fitting filter: HistoryFilter = HistoryFilter(), from: Int = 0) throws -> [HistoryEvent] {
        var found: [HistoryEvent] = []
        let range = Position(from)..<log.size.next
        try History.forEachEvent(in: log.store, range, fitting: filter) { event, _ in found.append(event) }
        return found
    }

    /// Both set the phase without having seen each other's, then the first settles it.
    private func disagree() throws {
        log.record("project.advanced", project, #"{"phase":"realisation"}"#, by: "device/aaaaaa", basis: 5)
        try log.commit()
        log.record(
            "project.completed",
            project,
            #"{"phase":"completed"}"#,
            by: "device/bbbbbb",
            basis: 5,
            earlier: 7_200_000
        )
        try log.commit()
        log.record("project.advanced", project, #"{"phase":"realisation"}"#, by: "device/aaaaaa", basis: 7)
        try log.commit()
    }

    @Test("An event has its values before and after, its author by name, and the title of its subject")
    func values() throws {
        log.record(
            "project.revised",
            project,
            #"{"title":"Zonnepark","budget":100,"summary":null}"#,
            by: "device/bbbbbb"
        )
        try log.commit()
        let event = try #require(try events().last)
        #expect(
            event.author
                == Author(source: "device/bbbbbb", deviceName: "laptop 2", member: "member/bert", memberName: "Bert")
        )
        #expect(event.titles[project] == "Zonnepark")
        #expect(event.changes.map(\.path) == ["/title", "/budget", "/summary"])
        #expect(event.changes.map { text($0.before.json) } == [#""Zonneveld""#, nil, nil])
        #expect(event.changes.map { text($0.after.json) } == [#""Zonnepark""#, "100", nil])
        #expect(event.changes.allSatisfy { $0.conflict == nil && $0.written == $0.after })
        #expect(event.unseen == 0 && event.redaction == nil)
    }

    @Test("A conflict is opened by who did not know of the other value, and settled by who did")
    func conflicts() throws {
        try disagree()
        let told = try events(from: 5)
        #expect(told.map { $0.changes[0].conflict } == [nil, .opened, .settled])
        #expect(told[1].changes[0].others.map { text($0.value.json) } == [#""realisation""#])
        #expect(told[1].changes[0].others.map(\.author.memberName) == ["Anna"])
        #expect(told[1].changes[0].others.map(\.position) == [Position(5)])
        // Two hours earlier: the other value is shown, and was shown before.
        #expect(text(told[1].changes[0].written.json) == #""completed""#)
        #expect(text(told[1].changes[0].after.json) == #""realisation""#)
        #expect(told[1].changes[0].before == told[1].changes[0].after)
        #expect(Set(told[2].changes[0].others.map { text($0.value.json) }) == [#""realisation""#, #""completed""#])
        #expect(told[1].recordedTime.millisecondsSince1970 - told[1].deviceTime.millisecondsSince1970 == 7_200_000)
    }

    @Test("A third value leaves a conflict open")
    func remaining() throws {
        try disagree()
        log.record("project.halted", project, #"{"phase":"halted"}"#, by: "device/cccccc", basis: 5)
        log.record("project.halted", project, #"{"phase":"halted"}"#, by: "device/dddddd", basis: 5)
        try log.commit()
        let told = try events(from: 8)
        #expect(told.map { $0.changes[0].conflict } == [.opened, .remains])
        #expect(told[1].changes[0].others.count == 2)
        #expect(told[0].author == Author(source: "device/cccccc"))
    }

    @Test("What an author had not seen is what others had committed since, and nothing of its own")
    func unseen() throws {
        for _ in 0..<3 { log.record("project.revised", project, "{}", by: "device/bbbbbb") }
        try log.commit()
        for _ in 0..<4 { log.record("project.revised", project, "{}", by: "device/aaaaaa", basis: 6) }
        try log.commit()
        #expect(try events(from: 8).map(\.unseen) == [2, 2, 2, 2])
        #expect(try events().map(\.unseen) == Array(repeating: 0, count: 8) + [2, 2, 2, 2])
    }

    @Test("Unseen entries are counted right whatever the log holds")
    func unseenByChance() throws {
        try log.fill(600, seed: 31, committing: 50)
        let entries = try log.entries(upTo: log.size)
        var reader = EventReader()
        let facts = try entries.map { entry in
            try entry.withUnsafeBufferPointer { bytes in
                let attributes = try reader.read(bytes, as: .entry)
                return (String(decoding: bytes[attributes.source], as: UTF8.self), attributes.basis.rawValue)
            }
        }
        for (position, event) in try events().enumerated() {
            let (source, basis) = facts[position]
            #expect(event.unseen == (basis..<max(basis, position)).count { facts[$0].0 != source }, "\(position)")
        }
    }

    @Test("Events are found by subject, type and author")
    func filters() throws {
        try disagree()
        func found(_ filter: HistoryFilter) throws -> [Int] { try events(fitting: filter).map(\.position.rawValue) }
        #expect(try found(HistoryFilter(subjects: [project])) == [4, 5, 6, 7])
        #expect(try found(HistoryFilter(types: ["project.advanced"])) == [5, 7])
        #expect(try found(HistoryFilter(types: ["project.advanced", "project.started"])) == [4, 5, 7])
        for name in ["member/bert", "device/bbbbbb"] {
            #expect(try found(HistoryFilter(authors: [name])) == [6], "\(name)")
        }
        #expect(try found(HistoryFilter(authors: ["server"])).count == 4)
        #expect(try found(HistoryFilter(authors: ["Bert"])).isEmpty)
        #expect(try events(fitting: HistoryFilter(subjects: [project]), from: 6).map(\.position.rawValue) == [6, 7])
    }

    @Test("The history of one subject, read from its own entries, says the same as the whole log")
    func ofSubject() throws {
        try disagree()
        try log.fill(700, seed: 32, committing: 90)
        try log.seal()
        let file = try folder.stateFile()
        try file.catchUp(with: log.store)
        try file.read { (view) throws in
            for subject in [project, "project/aaaaaa-7", "note/aaaaaa-12", "member/anna"] {
                let expected = try events(fitting: HistoryFilter(subjects: [subject]))
                var found: [HistoryEvent] = []
                try view.forEachEvent(about: subject, in: log.store) { event in
                    found.append(event)
                    return true
                }
                #expect(!expected.isEmpty)
                #expect(found.map(\.changes) == expected.map(\.changes), "\(subject)")
                #expect(found.map(\.author) == expected.map(\.author))
                #expect(found.map(\.titles) == expected.map(\.titles))
                for event in found {
                    let earlier = expected.filter { $0.position >= event.basis.next && $0.position < event.position }
                    #expect(event.unseen == earlier.count { $0.author.source != event.author.source })
                }
                var later: [HistoryEvent] = []
                let middle = expected[expected.count / 2].position
                try view.forEachEvent(about: subject, in: log.store, after: LogSize(middle.rawValue)) { event in
                    later.append(event)
                    return later.count < 2
                }
                #expect(later == Array(found.drop { $0.position < middle }.prefix(2)))
            }
        }
    }

    @Test("A difference has what shows something else, what is new, and conflicts opened and settled")
    func difference() throws {
        try disagree()
        log.record("theme.opened", "theme/aaaaaa-9", #"{"title":"Groen"}"#)
        log.record("project.revised", project, #"{"theme":"theme/aaaaaa-9"}"#)
        try log.commit()
        func states(_ from: Int, _ to: Int) throws -> (State, State) {
            (
                try TimeTravel.state(of: log.store, at: LogSize(from)),
                try TimeTravel.state(of: log.store, at: LogSize(to))
            )
        }
        func changes(_ from: Int, _ to: Int) throws -> [FieldChange] {
            let (before, after) = try states(from, to)
            return try SubjectDifference(of: project, from: before, to: after)?.changes ?? []
        }
        #expect(try changes(5, 7).map(\.conflict) == [.opened])
        #expect(try changes(7, 8).map(\.conflict) == [.settled])
        #expect(try changes(6, 8).isEmpty, "opened and settled in between, with the same value")
        let (before, after) = try states(8, 10)
        #expect(try SubjectDifference(of: "member/anna", from: before, to: after) == nil)
        let theme = try #require(try SubjectDifference(of: "theme/aaaaaa-9", from: before, to: after))
        #expect(theme.isCreated && theme.changes.map(\.path) == ["/title"])
        let linked = try #require(try SubjectDifference(of: project, from: before, to: after))
        #expect(!linked.isCreated && linked.titles["theme/aaaaaa-9"] == "Groen")
        #expect(
            try TimeTravel.digest(of: TimeTravel.state(of: log.store, at: LogSize(10), from: before))
                == TimeTravel.digest(of: after)
        )
    }

    @Test(
        "What differs between any two states is what their documents say",
        arguments: [(0, 300), (150, 300), (299, 300), (300, 300)]
    )
    func differences(from: Int, to: Int) throws {
        try log.fill(300, seed: 33, committing: 40)
        let before = try TimeTravel.state(of: log.store, at: LogSize(from))
        let after = try TimeTravel.state(of: log.store, at: LogSize(to))
        for subject in after.subjects {
            let found = try SubjectDifference(of: subject, from: before, to: after)
            let differs = before.document(of: subject) != after.document(of: subject)
            if differs { #expect(found != nil, "\(subject)") }
            let old = Set(before.registers(of: subject).filter(\.isConflict).map(\.path))
            let new = Set(after.registers(of: subject).filter(\.isConflict).map(\.path))
            #expect(Set(found?.changes.filter { $0.conflict == .opened }.map(\.path) ?? []) == new.subtracting(old))
            #expect(Set(found?.changes.filter { $0.conflict == .settled }.map(\.path) ?? []) == old.subtracting(new))
            let isCreated = !before.contains(subject)
            #expect(found?.isCreated ?? false == isCreated)
        }
    }

    @Test("Every field has the event that set it; of fields in conflict every value")
    func blame() throws {
        try disagree()
        let state = try TimeTravel.state(of: log.store, at: LogSize(7))
        let blame = try Blame(of: project, state.registers(of: project), in: log.store, Naming(state))
        #expect(blame.fields.map(\.path) == ["/phase", "/title"])
        #expect(blame.fields.map(\.isConflict) == [true, false])
        #expect(blame.fields[0].writes.map(\.type) == ["project.advanced", "project.completed"])
        #expect(blame.fields[0].writes.map(\.author.memberName) == ["Anna", "Bert"])
        #expect(blame.fields[0].writes.map(\.position) == [Position(5), Position(6)])
        #expect(blame.fields[1].writes.map(\.type) == ["project.started"])
        #expect(blame.titles == [project: "Zonneveld"])
    }
}
