import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import GRDB
import SQLiteFiles
import Testing

@testable import Projections

@Suite("A state file with a flipped bit")
struct FlippedFileTests {
    private let folder: TestFolder
    private let log: TestLog
    private let bytes: [UInt8]
    private let expected: Contents

    /// A log with several kinds, conflicts and a kept digest; the names in it are invented.
    init() throws {
        folder = try TestFolder()
        log = try TestLog()
        try log.recordConflicts(rounds: 40, every: 5)
        let path = folder.file("whole.sqlite")
        let file = try StateFile(at: path)
        try file.catchUp(with: log.store)
        expected = try Contents(of: file, log: log)
        _ = try file.digest()
        try file.close()
        bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// What is read of a file with these bytes; nil when it says that it cannot be read.
    private func read(_ bytes: [UInt8]) throws -> Contents? {
        let path = folder.file("flipped.sqlite")
        StateFile.remove(at: path)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        do {
            let file = try StateFile(at: path)
            defer { try? file.close() }
            try file.catchUp(with: log.store)
            return try Contents(of: file, log: log)
        } catch is ProjectionError {
            return nil
        }
    }

    @Test("Nobody is given another value: what is found wrong is made anew, at once")
    func flips() throws {
        var random = EventLogTesting.SplitMix64(seed: 20_261_128)
        var (mended, refused) = (0, 0)
        for _ in 0..<600 {
            var flipped = bytes
            let bit = Int.random(in: 0..<bytes.count * 8, using: &random)
            flipped[bit / 8] ^= 1 << (bit % 8)
            guard let found = try read(flipped) else {
                refused += 1
                continue
            }
            if found == expected { mended += 1 }
            for (subject, document) in found.documents {
                #expect(document == expected.documents[subject], "bit \(bit): \(subject)")
                #expect(found.registers[subject] == expected.registers[subject], "bit \(bit): \(subject)")
            }
            for conflict in found.conflicts { #expect(expected.conflicts.contains(conflict), "bit \(bit)") }
        }
        #expect(mended > 500, "\(mended) of 600 read as before, \(refused) not read")
    }

    @Test("A subject whose name a disk has changed is found all the same")
    func names() throws {
        let path = folder.file("flipped.sqlite")
        for (subject, document) in expected.documents.sorted(by: { $0.key < $1.key }).prefix(8) {
            let name = Array(subject.utf8)
            let places = bytes.indices.dropLast(name.count).filter { place in
                bytes[place] == name[0] && bytes[place..<place + name.count].elementsEqual(name)
            }
            #expect(!places.isEmpty)
            for place in places {
                var flipped = bytes
                flipped[place + name.count - 1] ^= 4
                StateFile.remove(at: path)
                try Data(flipped).write(to: URL(fileURLWithPath: path))
                let file = try StateFile(at: path)
                defer { try? file.close() }
                try file.catchUp(with: log.store)
                #expect(text(try file.document(of: subject)) == document, "byte \(place)")
                #expect(try file.read { try $0.exists(subject) }, "byte \(place)")
            }
        }
    }

    @Test("Every row is looked at: with its check put right along, another value gets through")
    func canary() throws {
        let path = folder.file("flipped.sqlite")
        for isChecked in [false, true] {
            StateFile.remove(at: path)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let subject = "project/aaaaaa-3"
            let document = #"{"title":"Vervalst 12"}"#
            try DatabaseQueue(path: path).write { db in
                let row = try #require(try Row.fetchOne(db, sql: "SELECT * FROM subjects WHERE subject = '\(subject)'"))
                var registers = try SubjectRow.read(row).registers
                registers.replace(Array("Voorbeeld 2".utf8), with: Array("Vervalst 12".utf8))
                try db.execute(
                    sql: "UPDATE subjects SET registers = ? WHERE subject = ?",
                    arguments: [Data(registers), subject]
                )
                guard isChecked else { return }
                let check = RowCheck.value(Array(subject.utf8), registers)
                try db.execute(
                    sql: "UPDATE subjects SET \"check\" = ? WHERE subject = ?",
                    arguments: [check, subject]
                )
            }
            let file = try StateFile(at: path)
            defer { try? file.close() }
            try file.catchUp(with: log.store)
            let found = text(try file.document(of: subject))
            #expect((found == document) == isChecked)
            if !isChecked { #expect(found == expected.documents[subject]) }
        }
    }
}
