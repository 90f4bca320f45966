import AgendaModel
import EventLog
import EventLogTesting
import Testing

@testable import Projections

@Suite("A stretch of the log, told from the read models")
struct StretchTests {
    /// An invented log of several segments, with conflicts and names that change.
    ///
    /// Many write to a few of its subjects; the others have one event.
    private static func log(seed: UInt64) throws -> TestLog {
        var random = SplitMix64(seed: seed)
        let log = try TestLog()
        let devices = ["device/aaaaaa", "device/bbbbbb", "device/cccccc"]
        var counters: [String: Int] = [:]
        func record(_ type: String, _ subject: String, _ data: String, by device: String) {
            counters[device, default: 0] += 1
            let behind = Int.random(in: 0..<10, using: &random) == 0 ? 300 : Int.random(in: 0..<8, using: &random)
            log.record(type, subject, data, by: device, basis: max(0, log.size.rawValue - behind))
        }
        for device in devices {
            record(
                "device.enrolled",
                device,
                #"{"name":"Laptop","member":"member/\#(device.suffix(6))-1"}"#,
                by: device
            )
        }
        var projects: [String] = []
        for step in 0..<900 {
            let device = devices.randomElement(using: &random)!
            switch Int.random(in: 0..<12, using: &random) {
            case 0 where projects.count < 6:
                projects.append("project/\(device.suffix(6))-\(counters[device, default: 0] + 1)")
                record("project.started", projects.last!, #"{"title":"Voorbeeld \#(step)"}"#, by: device)
            case 1..<5 where !projects.isEmpty:
                let field = ["title", "summary", "phase", "start"].randomElement(using: &random)!
                record(
                    "project.revised",
                    projects.randomElement(using: &random)!,
                    #"{"\#(field)":"\#(step)"}"#,
                    by: device
                )
            case 5: record("device.enrolled", device, #"{"name":"Laptop \#(step)"}"#, by: device)
            default:
                let subject = "measurement/\(device.suffix(6))-\(counters[device, default: 0] + 1)"
                let project = projects.randomElement(using: &random).map { #","project":"\#($0)""# } ?? ""
                record("measurement.recorded", subject, #"{"value":\#(step)\#(project)}"#, by: device)
            }
            if step % 5 == 0 { try log.commit() }
        }
        try log.commit()
        return log
    }

    @Test("It tells of the same events as the whole log", arguments: 1...4)
    func events(seed: UInt64) throws {
        let log = try Self.log(seed: seed)
        let folder = try TestFolder()
        let file = try folder.stateFile()
        try file.catchUp(with: log.store)
        var expected: [HistoryEvent] = []
        try History.forEachEvent(in: log.store, log.size.positions) { event, _ in expected.append(event) }
        var random = SplitMix64(seed: seed)
        for _ in 0..<25 {
            let start = Int.random(in: 0..<expected.count, using: &random)
            let end = min(expected.count, start + Int.random(in: 1...60, using: &random))
            var found: [HistoryEvent] = []
            try file.read { view in
                found = []
                try view.forEachEvent(in: log.store, Position(start)..<Position(end)) { event, _ in found.append(event)
                }
            }
            #expect(found == Array(expected[start..<end]), "seed \(seed), \(start)..<\(end)")
        }
    }

    @Test("What is told of some subjects is what the whole log tells of them", arguments: 1...4)
    func subjects(seed: UInt64) throws {
        let log = try Self.log(seed: seed)
        let folder = try TestFolder()
        let file = try folder.stateFile()
        try file.catchUp(with: log.store)
        var random = SplitMix64(seed: seed)
        var all: [HistoryEvent] = []
        try History.forEachEvent(in: log.store, log.size.positions) { event, _ in all.append(event) }
        let often = Dictionary(grouping: all, by: \.subject).filter { $0.value.count > 1 }.keys.sorted()
        let authors = Set(all.map(\.author.source.rawValue)).sorted()
        for _ in 0..<25 {
            var filter = HistoryFilter()
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                filter.subjects.insert(
                    Bool.random(using: &random)
                        ? often.randomElement(using: &random)! : all.randomElement(using: &random)!.subject
                )
            }
            if Bool.random(using: &random) { filter.authors = [authors.randomElement(using: &random)!] }
            let start = Int.random(in: 0..<all.count / 2, using: &random)
            let range = Position(start)..<Position(Int.random(in: start..<all.count, using: &random))
            var expected: [HistoryEvent] = []
            try History.forEachEvent(in: log.store, range, fitting: filter) { event, _ in expected.append(event) }
            var found: [HistoryEvent] = []
            try file.read { view in
                found = []
                try view.forEachEvent(about: filter.subjects, in: log.store, range, fitting: filter) { event, _ in
                    found.append(event)
                }
            }
            #expect(found == expected, "seed \(seed), \(filter)")
        }
    }

    @Test("Its differences are those of the states at both ends", arguments: 1...4)
    func differences(seed: UInt64) throws {
        let log = try Self.log(seed: seed)
        let folder = try TestFolder()
        let file = try folder.stateFile()
        try file.catchUp(with: log.store)
        var random = SplitMix64(seed: seed)
        for _ in 0..<25 {
            let start = Int.random(in: 0..<log.size.rawValue, using: &random)
            let end = min(log.size.rawValue, start + Int.random(in: 1...120, using: &random))
            let before = try TimeTravel.state(of: log.store, at: LogSize(start))
            let after = try TimeTravel.state(of: log.store, at: LogSize(end), from: before)
            let expected = try after.subjects.compactMap { try SubjectDifference(of: $0, from: before, to: after) }
            let found = try file.read { try $0.differences(from: LogSize(start), to: LogSize(end), in: log.store) }
            #expect(found == expected, "seed \(seed), \(start) to \(end)")
        }
    }
}
