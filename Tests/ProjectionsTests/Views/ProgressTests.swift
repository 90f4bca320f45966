import AgendaModel
import EventLog
import EventLogTesting
import GRDB
import Testing

@testable import Projections

@Suite("Progress towards targets")
struct ProgressTests {
    let folder: TestFolder
    let log: TestLog
    let file: StateFile

    init() throws {
        folder = try TestFolder()
        log = try TestLog()
        file = try folder.stateFile()
        log.record(
            "indicator.defined",
            "indicator/homes",
            #"{"name":"Woningen","unit":"woningen","aggregation":"sum"}"#
        )
        log.record("indicator.defined", "indicator/jobs", #"{"name":"Banen","unit":"banen","aggregation":"latest"}"#)
        log.record(
            "ambition.proposed",
            "ambition/a",
            #"{"targets":{"indicator/homes":{"due":"2040-01-01","quantity":10000},"indicator/jobs":{"quantity":5000}}}"#
        )
        log.record("ambition.proposed", "ambition/b", #"{"targets":{"indicator/homes":{"quantity":100}}}"#)
        log.record("project.started", "project/p", #"{"ambitions":{"ambition/a":true,"ambition/b":true}}"#)
        log.record("project.started", "project/q", #"{"title":"Los"}"#)
    }

    private func measure(_ id: String, _ data: String) {
        log.record("measurement.recorded", "measurement/\(id)", data)
    }

    private func progress(pending: [[UInt8]] = []) throws -> [String: Progress] {
        try log.commit()
        try file.catchUp(with: log.store)
        let items = pending.isEmpty ? try file.progress().items : try file.read(pending: pending) { try $0.progress() }
        return Dictionary(
            uniqueKeysWithValues: items.map { ("\($0.ambition.suffix(1)) \($0.indicator.dropFirst(10))", $0) }
        )
    }

    @Test("Every target is there, also without measurements, with unit, quantity and date")
    func targets() throws {
        let progress = try progress()
        #expect(progress.keys.sorted() == ["a homes", "a jobs", "b homes"])
        #expect(
            progress["a homes"]
                == Progress(
                    ambition: "ambition/a",
                    indicator: "indicator/homes",
                    unit: "woningen",
                    aggregation: .sum,
                    target: 10_000,
                    due: "2040-01-01",
                    value: 0,
                    measurements: 0
                )
        )
        #expect(progress["a jobs"]?.due == nil)
    }

    @Test("A sum adds the measurements on the ambition and on its projects, each once")
    func sum() throws {
        measure("1", #"{"ambition":"ambition/a","indicator":"indicator/homes","on":"2027-01-01","value":10}"#)
        measure("2", #"{"project":"project/p","indicator":"indicator/homes","on":"2027-03-01","value":2.5}"#)
        measure(
            "3",
            #"{"ambition":"ambition/a","project":"project/p","indicator":"indicator/homes","on":"2027-02-01","value":1}"#
        )
        measure("4", #"{"project":"project/q","indicator":"indicator/homes","on":"2027-01-01","value":1000}"#)
        measure("5", #"{"project":"project/p","indicator":"indicator/jobs","on":"2027-01-01","value":7}"#)
        let progress = try progress()
        #expect(progress["a homes"]?.value == 13.5)
        #expect(progress["a homes"]?.measurements == 3)
        #expect(progress["a homes"]?.latest == "2027-03-01")
        #expect(progress["b homes"]?.value == 3.5)
        #expect(progress["b homes"]?.measurements == 2)
        #expect(progress["a jobs"]?.value == 7)
    }

    @Test("Latest takes the latest date, whatever was recorded last")
    func latest() throws {
        measure("1", #"{"ambition":"ambition/a","indicator":"indicator/jobs","on":"2027-06-01","value":50}"#)
        measure("2", #"{"ambition":"ambition/a","indicator":"indicator/jobs","on":"2027-01-01","value":40}"#)
        let progress = try progress()
        #expect(progress["a jobs"]?.value == 50)
        #expect(progress["a jobs"]?.measurements == 2)
        #expect(progress["a jobs"]?.latest == "2027-06-01")
    }

    @Test("Of measurements on the same date, latest takes the value recorded last, corrections included")
    func sameDate() throws {
        for (id, value) in [("3", 30), ("1", 10), ("2", 20)] {
            measure(
                id,
                "{\"ambition\":\"ambition/a\",\"indicator\":\"indicator/jobs\",\"on\":\"2027-01-01\",\"value\":\(value)}"
            )
        }
        #expect(try progress()["a jobs"]?.value == 20)
        log.record("measurement.corrected", "measurement/3", #"{"value":31}"#)
        #expect(try progress()["a jobs"]?.value == 31)
        log.record("measurement.corrected", "measurement/1", #"{"source":"telling"}"#)
        #expect(try progress()["a jobs"]?.value == 31)
    }

    @Test("Voiding, correcting, linking and unlinking count from then on")
    func changes() throws {
        measure("1", #"{"project":"project/q","indicator":"indicator/homes","on":"2027-01-01","value":10}"#)
        measure("2", #"{"project":"project/p","indicator":"indicator/homes","on":"2027-01-01","value":5}"#)
        #expect(try progress()["b homes"]?.value == 5)
        log.record("project.linked", "project/q", #"{"ambitions":{"ambition/b":true}}"#)
        #expect(try progress()["b homes"]?.value == 15)
        log.record("measurement.corrected", "measurement/1", #"{"value":11}"#)
        #expect(try progress()["b homes"]?.value == 16)
        log.record("measurement.voided", "measurement/2", #"{"reason":"dubbel","voided":true}"#)
        #expect(try progress()["b homes"]?.value == 11)
        #expect(try progress()["b homes"]?.measurements == 1)
        log.record("project.unlinked", "project/q", #"{"ambitions":{"ambition/b":null}}"#)
        #expect(try progress()["b homes"]?.value == 0)
        log.record("ambition.targeted", "ambition/b", #"{"targets":{"indicator/homes":null}}"#)
        #expect(try progress().keys.sorted() == ["a homes", "a jobs", "b homes"])
        log.record("ambition.targeted", "ambition/b", #"{"targets":{"indicator/homes":{"quantity":null}}}"#)
        #expect(try progress().keys.sorted() == ["a homes", "a jobs"])
    }

    @Test("What is kept with the fold is what all measurements come to, whatever the batches", arguments: 1...6)
    func kept(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let targets = ["ambition/a", "ambition/b"]
        let projects = ["project/p", "project/q"]
        let indicators = ["indicator/homes", "indicator/jobs"]
        for step in 0..<120 {
            let subject = "measurement/\(Int.random(in: 0..<25, using: &random))"
            let value = Double(Int.random(in: -400...400, using: &random)) / 8
            let day = "2027-01-0\(Int.random(in: 1...5, using: &random))"
            let place =
                Bool.random(using: &random)
                ? #""project":"\#(projects.randomElement(using: &random)!)""#
                : #""ambition":"\#(targets.randomElement(using: &random)!)""#
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let indicator = indicators.randomElement(using: &random)!
                log.record(
                    "measurement.recorded",
                    subject,
                    #"{\#(place),"indicator":"\#(indicator)","on":"\#(day)","value":\#(value)}"#
                )
            case 5..<7: log.record("measurement.corrected", subject, #"{"value":\#(value)}"#)
            case 7: log.record("measurement.corrected", subject, #"{"on":"\#(day)"}"#)
            case 8: log.record("measurement.voided", subject, #"{"voided":true}"#)
            default:
                log.record(
                    "project.linked",
                    projects.randomElement(using: &random)!,
                    #"{"ambitions":{"ambition/b":true}}"#
                )
            }
            guard step % 7 == 0 else { continue }
            try log.commit()
            try file.catchUp(with: log.store, batch: Int.random(in: 1...9, using: &random))
            #expect(try file.progress().items == file.read(reference), "seed \(seed), step \(step)")
        }
        try log.commit()
        let whole = try folder.stateFile("whole.sqlite")
        try whole.catchUp(with: log.store)
        try file.catchUp(with: log.store)
        #expect(try whole.progress().items == file.progress().items, "seed \(seed)")
        #expect(try whole.progress().items == whole.read(reference), "seed \(seed)")
        try whole.close()
        try check(folder.file("whole.sqlite"))
        try change(
            "UPDATE measured SET totals = replace(totals, ' measurement/', ' measurement/1')",
            in: "whole.sqlite"
        )
        #expect(throws: LogDifference.self) { try check(folder.file("whole.sqlite")) }
    }

    /// Progress by going through all measurements; exact, because their values are few eighths.
    private func reference(_ view: StateView) throws -> [Progress] {
        func documents(_ kind: String) throws -> [(subject: String, values: JSONValue)] {
            try view.documents(kind: kind, after: nil, limit: .max).map {
                ($0.subject, try JSONValue(parsing: $0.document))
            }
        }
        let projects = try documents("project").filter { $0.values["ambitions"] != nil }
        let measurements = try documents("measurement").filter { $0.values["voided"] != true }
        return try view.progress().map { item in
            let linked = projects.filter { $0.values["ambitions"]?[item.ambition] == true }.map(\.subject)
            let counting = measurements.filter { measurement in
                measurement.values["indicator"]?.text == item.indicator && measurement.values["value"] != nil
                    && (measurement.values["ambition"]?.text == item.ambition
                        || linked.contains(measurement.values["project"]?.text ?? ""))
            }
            let placed = try counting.map { measurement in
                let head = try view.registers(of: measurement.subject).first { $0.path == "/value" }?.heads.first
                return (
                    on: measurement.values["on"]?.text ?? "", position: head?.position ?? Position(0),
                    value: measurement.values["value"]?.double ?? 0
                )
            }
            let last = placed.max { ($0.on, $0.position) < ($1.on, $1.position) }
            var expected = item
            expected.measurements = counting.count
            expected.latest = last?.on
            expected.value = item.aggregation == .sum ? placed.reduce(0) { $0 + $1.value } : last?.value ?? 0
            return expected
        }
    }

    private func check(_ path: String) throws {
        let check = try StateFileCheck(reading: path)
        var entries = EntryCheck()
        try log.store.entries(Position(0)..<log.size.next).withUnsafeBufferPointer { bytes in
            try Lines.forEach(in: bytes) { line in
                let entry = try entries.take(UnsafeBufferPointer(rebasing: bytes[line]))
                try check.take(entry, entries.edge, of: log.store.identity)
            }
        }
        _ = try check.finish()
    }

    private func change(_ sql: String, in name: String) throws {
        let queue = try DatabaseQueue(path: folder.file(name))
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: sql)
            #expect(db.changesCount > 0)
        }
    }

    @Test("Pending measurements count when asked for, after everything that is in the log")
    func pending() throws {
        measure("1", #"{"ambition":"ambition/a","indicator":"indicator/jobs","on":"2027-01-01","value":1}"#)
        _ = try progress()
        let data = #"{"ambition":"ambition/a","indicator":"indicator/jobs","on":"2027-01-01","value":2}"#
        let event = log.event("measurement.recorded", "measurement/0", data, by: "device/bbbbbb")
        #expect(try progress(pending: [event])["a jobs"]?.value == 2)
        #expect(try progress()["a jobs"]?.value == 1)
    }

    @Test("Thousands of targets and projects take no more statements than a few")
    func statements() throws {
        func count() throws -> Int {
            try log.commit()
            try file.catchUp(with: log.store)
            return try file.read { view in
                var count = 0
                view.db.trace { _ in count += 1 }
                defer { view.db.trace(options: []) }
                _ = try view.progress()
                return count
            }
        }
        measure("1", #"{"project":"project/p","indicator":"indicator/homes","on":"2027-01-01","value":10}"#)
        let few = try count()
        #expect(few > 0)
        for number in 0..<60 {
            log.record("indicator.defined", "indicator/i-\(number)", #"{"name":"I","unit":"st","aggregation":"sum"}"#)
            let target = #"{"targets":{"indicator/i-\#(number)":{"quantity":9}}}"#
            log.record("ambition.targeted", "ambition/a", target)
            log.record("project.started", "project/p-\(number)", #"{"title":"P","ambitions":{"ambition/a":true}}"#)
            let place = #""project":"project/p-\#(number)","indicator":"indicator/i-\#(number % 7)""#
            measure("p-\(number)", #"{\#(place),"on":"2027-01-01","value":2}"#)
        }
        #expect(try count() == few)
        #expect(try progress()["a i-3"]?.value == 18)
        #expect(try file.progress().items == file.read(reference))
    }
}
