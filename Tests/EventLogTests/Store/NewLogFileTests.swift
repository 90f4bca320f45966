import EventLog
import EventLogTesting
import Foundation
import Testing

@testable import EventLogSQLite

@Suite("A log's file in the making")
struct NewLogFileTests {
    private let folder: TemporaryFolder
    private let identity = CommitGenerator(seed: 1).identity
    private var path: String { folder.path("backup.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    private func make(_ new: NewLogFile, fact: String) throws -> SQLiteLogStore {
        let store = try SQLiteLogStore.create(at: new.temporary, identity: identity)
        try store.setReplicaFacts(["made": fact])
        return store
    }

    private func fact() throws -> String? {
        let store = try SQLiteLogStore(at: path)
        defer { try? store.close() }
        return try store.replicaFacts()["made"]
    }

    @Test("who is cut off while it is made leaves nothing of its name, and the next one makes it")
    func cutOff() throws {
        // Whoever makes it ends at one of these moments, and takes nothing away.
        _ = try NewLogFile(at: path)
        #expect(!FileManager.default.fileExists(atPath: path))
        try make(NewLogFile(at: path), fact: "cut off").close()
        #expect(!FileManager.default.fileExists(atPath: path))
        let new = try NewLogFile(at: path)
        try new.finish(make(new, fact: "whole"))
        #expect(try fact() == "whole")
        #expect(!FileManager.default.fileExists(atPath: new.temporary))
    }

    @Test("what has got the name meanwhile is not replaced, and is not taken away either")
    func meanwhile() throws {
        let (one, two) = (try NewLogFile(at: path), try NewLogFile(at: path))
        let (first, second) = (try make(one, fact: "first"), try make(two, fact: "second"))
        try one.finish(first)
        let error = #expect(throws: LogError.self) { try two.finish(second) }
        #expect(error?.code == .alreadyExists)
        two.abandon()
        #expect(try fact() == "first")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path("")).filter { $0.hasSuffix(".new") }.isEmpty
        )
        #expect(throws: LogError.self) { try NewLogFile(at: path) }
    }

    @Test("a missing folder is named as that, under the name that was asked for")
    func missingFolder() throws {
        let path = folder.path("niet/daar.sqlite")
        let error = #expect(throws: LogError.self) { try NewLogFile(at: path) }
        #expect(error?.code == .notFound && error?.message.hasPrefix("\(path) ") == true)
    }
}
