import AgendaModel
import EventLog
import EventLogTesting
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
        let items = pending.isEmpty ? try file.progress() : try file.read(pending: pending) { try $0.progress() }
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

    @Test("Pending measurements count when asked for, after everything that is in the log")
    func pending() throws {
        measure("1", #"{"ambition":"ambition/a","indicator":"indicator/jobs","on":"2027-01-01","value":1}"#)
        _ = try progress()
        let data = #"{"ambition":"ambition/a","indicator":"indicator/jobs","on":"2027-01-01","value":2}"#
        let event = log.event("measurement.recorded", "measurement/0", data, by: "device/bbbbbb")
        #expect(try progress(pending: [event])["a jobs"]?.value == 2)
        #expect(try progress()["a jobs"]?.value == 1)
    }
}
