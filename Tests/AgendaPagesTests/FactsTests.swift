import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import Projections
import Testing
import Wording

@testable import AgendaPages

@Suite("Facts of all documents")
struct FactsTests {
    /// What pages get of facts, to be compared.
    private struct Told: Equatable {
        var progress: [Projections.Progress]
        var counts: [String: Int]
        var phases: [String: Int]
        var places: Set<PlaceMap.Point>
        var overdue: [String]
        var agenda: String?
        var referrers: [String: [String]]

        init(_ facts: AgendaFacts, _ view: StateView) throws {
            progress = facts.progress
            counts = facts.counts.filter { $0.value != 0 }
            phases = facts.phases
            places = Set(facts.places)
            overdue = facts.overdue(on: "9999-12-31", atMost: 7).map { "\($0.due) \($0.subject)" }
            agenda = facts.agenda?.subject
            let reader = AgendaReader(view, facts: facts, visit: TestPages.visit(), happenings: nil)
            referrers = [:]
            for kind in Catalogue.current.kinds {
                for target in try reader.all(kind.name).map(\.subject) {
                    for other in Catalogue.current.kinds {
                        let found = facts.referrers.of(target, kind: other.name).map(\.subject)
                        if !found.isEmpty { referrers["\(target) \(other.name)"] = found }
                    }
                }
            }
        }
    }

    @Test("Facts that follow a log say the same as those that read everything", arguments: [1, 2, 3, 4] as [UInt64])
    func following(seed: UInt64) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "facts-\(UUID()).sqlite").path
        defer { StateFile.remove(at: path) }
        let file = try StateFile(at: path)
        let log = try TestLog()
        var generator = AgendaGenerator(seed: seed)
        // What this one makes is taken back before it is sent.
        var undone = AgendaGenerator(seed: seed + 100)
        var pending: [[UInt8]] = []
        let cache = FactsCache()
        for round in 0..<12 {
            log.now += 1_000
            let recorded = Timestamp(millisecondsSince1970: log.now)
            let lines = pending + (0..<20).map { _ in generator.next().line }
            try log.commit(lines.map { $0.dropLast() + EntrySuffix.bytes(recorded) }, at: recorded)
            pending = (0..<(round % 4)).map { _ in generator.next().line }
            try file.catchUp(with: log.store)
            let shown = pending + (0..<(round % 3)).map { _ in undone.next().line }
            try file.read(pending: shown) { view in
                let key = FactsCache.Key(size: view.size, pendingCount: shown.count)
                let followed = try Told(cache.facts(key, of: view, in: log.store), view)
                let read = try Told(AgendaFacts(view), view)
                #expect(followed == read, "seed \(seed), round \(round)")
                #expect(!read.referrers.isEmpty && read.counts.count > 3)
            }
        }
    }

    @Test("The members of a document are those that a reader of JSON finds")
    func members() throws {
        let texts = [
            "{}", #"{"a":1}"#, #"{"a":{"b":[1,{"c":"}"}],"d":"\""},"e":"x\\","f":true,"g":[],"h":null}"#,
            #"{"é":"\u0007,","z":-1.5e3}"#,
        ]
        for text in texts {
            var found: [JSONValue.Member] = []
            DocumentMembers.forEach(in: Array(text.utf8)) { name, value in
                let value = try? JSONValue(parsing: Array(value))
                found.append(JSONValue.Member(String(decoding: name, as: UTF8.self), value ?? .null))
            }
            #expect(try JSONValue(parsing: Array(text.utf8)).members == found, "\(text)")
        }
        for text in [
            "", "[]", "{", #"{"a"#, #"{"a""#, #"{"a":"#, #"{"a":"\"#, #"{"a":1"#, #"{"a":1,"#, #"{"a":}"#, "{]",
            #"{"a":]"#,
        ] {
            DocumentMembers.forEach(in: Array(text.utf8)) { _, _ in }
        }
    }

    @Test("Of what is overdue, what was due last is told first, and not more than wanted")
    func overdue() throws {
        let pages = try TestPages()
        pages.fill()
        for day in 1...9 {
            pages.record(
                "milestone.planned",
                "milestone/\(day)",
                #"{"project":"project/p","title":"M","due":"2026-11-0\#(day)"}"#
            )
        }
        let days = try pages.reading { pages in pages.reader.facts.overdue(on: "2026-11-08", atMost: 3).map(\.due) }
        #expect(days == ["2026-11-07", "2026-11-06", "2026-11-05"])
    }
}
