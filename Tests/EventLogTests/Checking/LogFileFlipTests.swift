import EventLog
import EventLogTesting
import Foundation
import GRDB
import Testing

@testable import EventLogSQLite

@Suite("The check of a log's file, of which any byte was flipped")
struct LogFileFlipTests {
    private let folder: TemporaryFolder
    private let seed = 20_261_124 as UInt64
    private var path: String { folder.path("anders.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    private func check(_ path: String) throws { _ = try LogFile(reading: path).check() }

    /// Flips bytes one at a time, anywhere in the file, outside of SQLite.
    ///
    /// - Returns: the flips that passed although the tables say something else then, with the rows.
    private func missed(in file: StoredFile, flips: Int, by check: (String) throws -> Void) throws -> (
        flips: [String], found: Int
    ) {
        try StoredFile.write(file.bytes, to: path)
        let content = try StoredFile.content(of: path, withoutFree: true)
        try check(path)
        var random = SplitMix64(seed: seed)
        var (missed, found) = ([] as [String], 0)
        for _ in 0..<flips {
            let offset = Int.random(in: 0..<file.bytes.count, using: &random)
            var bytes = file.bytes
            bytes[offset] ^= UInt8.random(in: 1...255, using: &random)
            try StoredFile.write(bytes, to: path)
            do {
                try check(path)
            } catch {
                found += 1
                continue
            }
            let changed = (try? StoredFile.content(of: path, withoutFree: true)) ?? ["cannot be read"]
            guard changed != content else { continue }
            let rows = Set(changed).symmetricDifference(content).sorted().map { $0.prefix(200) }
            missed.append("\(offset): \(rows.joined(separator: " / "))")
        }
        return (missed, found)
    }

    @Test("every byte of a server's log that is flipped is found, or means nothing")
    func server() async throws {
        try await CheckedLogs.server(at: folder.path("log.sqlite"))
        let (missed, found) = try missed(in: try StoredFile(at: folder.path("log.sqlite")), flips: 400, by: check)
        #expect(missed.isEmpty, "seed \(seed): \(missed)")
        #expect(found > 200, "most bytes mean something")
    }

    @Test("every byte of a replica's log that is flipped is found, or means nothing")
    func replica() async throws {
        try await CheckedLogs.server(at: folder.path("log.sqlite"), redacting: false)
        try CheckedLogs.replica(at: folder.path("replica.sqlite"), of: folder.path("log.sqlite"), size: 256)
        let (missed, found) = try missed(in: try StoredFile(at: folder.path("replica.sqlite")), flips: 400, by: check)
        #expect(missed.isEmpty, "seed \(seed): \(missed)")
        #expect(found > 200)
    }

    @Test("canary: who looks at the pages alone misses flips")
    func canary() async throws {
        try await CheckedLogs.server(at: folder.path("log.sqlite"))
        let (missed, _) = try missed(in: try StoredFile(at: folder.path("log.sqlite")), flips: 100) { path in
            let file = try LogFile(reading: path)
            try file.reading { try SchemaCheck.checkIntegrity($0, path: path) }
        }
        #expect(missed.count > 10)
    }

    @Test("a file that is cut off anywhere is no sound log")
    func truncated() async throws {
        try await CheckedLogs.server(at: folder.path("log.sqlite"))
        let bytes = try StoredFile(at: folder.path("log.sqlite")).bytes
        let pages = stride(from: 0, to: bytes.count, by: 1024)
        for length in Array(pages) + [1, 99, 100, 101, bytes.count / 2 + 7, bytes.count - 1] {
            try StoredFile.write(Array(bytes[..<length]), to: path)
            #expect(throws: (any Error).self, "\(length) of \(bytes.count) bytes") { try check(path) }
        }
    }
}
