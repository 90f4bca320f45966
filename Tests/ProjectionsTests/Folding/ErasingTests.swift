import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import GRDB
import Testing

@testable import Projections

@Suite("What is erased from the read models")
struct ErasingTests {
    let folder: TestFolder
    let log: TestLog

    init() throws {
        folder = try TestFolder()
        log = try TestLog()
    }

    /// Whether a text stands in any file of the folder.
    private func holds(_ text: String) throws -> Bool {
        try folder.names.contains { name in
            try Data(contentsOf: URL(fileURLWithPath: folder.file(name))).firstRange(of: Data(text.utf8)) != nil
        }
    }

    @Test(
        "Erasing entry after entry gives what folding the log anew gives",
        arguments: [1, 2, 3] as [UInt64],
        [7, 300]
    )
    func sameAsFoldedAnew(seed: UInt64, batch: Int) throws {
        var random = SplitMix64(seed: seed)
        let stepwise = try folder.stateFile("stepwise.sqlite")
        for round in 0..<6 {
            try log.fill(70, seed: seed &* 100 + UInt64(round), committing: 10)
            if round % 2 == 0 { try stepwise.catchUp(with: log.store, batch: batch) }
            let wanted = (0..<5).map { _ in Int.random(in: 0..<log.size.rawValue, using: &random) }
            try log.redact(Array(Set(wanted)).sorted())
            if round % 3 == 0 { try log.seal() }
            try stepwise.catchUp(with: log.store, batch: batch)
            let anew = try folder.stateFile("anew-\(round).sqlite")
            try anew.catchUp(with: log.store)
            #expect(
                try Contents(of: stepwise, log: log) == Contents(of: anew, log: log),
                "seed \(seed), round \(round)"
            )
            let replayed = try TimeTravel.state(of: log.store, at: log.size)
            #expect(try stepwise.digest() == TimeTravel.digest(of: replayed), "seed \(seed), round \(round)")
        }
    }

    @Test("Nothing of it is left in any file", arguments: [false, true])
    func gone(isReplaced: Bool) throws {
        let file = try folder.stateFile()
        try log.fill(300, seed: 4, committing: 10)
        let position = log.size.rawValue
        log.record(
            "note.added",
            "note/aaaaaa-900",
            #"{"text":"Verzonnen: Jan Jansen belde","about":"project/aaaaaa-1"}"#
        )
        try log.commit()
        try file.catchUp(with: log.store)
        try log.fill(200, seed: 5, committing: 10)
        if isReplaced { log.record("note.revised", "note/aaaaaa-900", #"{"text":"Kort"}"#) }
        try log.commit()
        try file.catchUp(with: log.store)
        #expect(try holds("Jan Jansen"))
        _ = try file.digest()

        try log.redact([position])
        try file.catchUp(with: log.store)
        #expect(try !holds("Jan Jansen"))
        let registers = try file.registers(of: "note/aaaaaa-900")
        #expect(registers.map(\.path) == ["/about", "/text"])
        #expect(registers.map { $0.heads[0].isErased } == [true, !isReplaced])
        #expect(try text(file.document(of: "note/aaaaaa-900")) == (isReplaced ? #"{"text":"Kort"}"# : "{}"))
        try file.close()
        #expect(try !holds("Jan Jansen"))
    }

    @Test("Where a reader is in the way, it is cleared away the next time")
    func reader() throws {
        let file = try folder.stateFile()
        log.record("note.added", "note/aaaaaa-900", #"{"text":"Verzonnen: Jan Jansen belde"}"#)
        try log.commit()
        try file.catchUp(with: log.store)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder.file("state.sqlite"), configuration: configuration)
        try other.writeWithoutTransaction { try $0.execute(sql: "BEGIN; SELECT count(*) FROM subjects") }
        try log.redact([0])
        try file.catchUp(with: log.store)
        #expect(file.isScrubDue)
        #expect(try text(file.document(of: "note/aaaaaa-900")) == "{}")
        // Trying again does not write the file anew again: the journal could not be emptied in between.
        let journal = try Data(contentsOf: URL(fileURLWithPath: folder.file("state.sqlite-wal"))).count
        for _ in 0..<3 { try file.catchUp(with: log.store) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("state.sqlite-wal"))).count == journal)
        try other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        try file.catchUp(with: log.store)
        #expect(try !holds("Jan Jansen"))
    }

    @Test("Nothing is left of a log that has given way to another one, in which the entry may have been erased")
    func otherLog() throws {
        let file = try folder.stateFile()
        log.record("note.added", "note/aaaaaa-900", #"{"text":"Verzonnen: Jan Jansen belde"}"#)
        try log.commit()
        try file.catchUp(with: log.store)
        let other = try TestLog()
        other.record("note.added", "note/aaaaaa-900", #"{"text":"Een bewoner belde"}"#)
        try other.commit()
        try file.close()
        let again = try folder.stateFile()
        try again.catchUp(with: other.store)
        #expect(try text(again.document(of: "note/aaaaaa-900")) == #"{"text":"Een bewoner belde"}"#)
        #expect(try !holds("Jan Jansen"))
    }

    @Test("A redaction of what cannot be erased erases nothing")
    func ineffective() throws {
        let file = try folder.stateFile()
        log.record("note.added", "note/aaaaaa-900", #"{"text":"Blijft"}"#)
        try log.redact([0])
        try file.catchUp(with: log.store)
        try log.redact([1])
        try file.catchUp(with: log.store)
        #expect(try text(file.document(of: "entry/0")) == #"{"reason":"Verzonnen verzoek"}"#)
    }
}
