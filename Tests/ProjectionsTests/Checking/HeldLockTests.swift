import EventLogSQLite
import EventLogTesting
import Files
import Foundation
import SQLiteFiles
import Testing

@testable import Projections

@Suite("What SQLite has locked in this process")
struct HeldLockTests {
    /// Who has the log open while others look at it.
    enum Holder: CaseIterable {
        case store, reader
    }

    private typealias Way = (name: String, use: (String) throws -> Void)

    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// Tries, in a process of its own, to lock what a connection has locked of a file, and ends with 10 when it cannot.
    ///
    /// Places: https://www.sqlite.org/fileformat2.html, "The Lock-Byte Page"; https://www.sqlite.org/walformat.html, "WAL Locks".
    private static let attempt = """
        from fcntl import LOCK_EX, LOCK_NB, lockf
        from sys import argv, exit
        with open(argv[1], "r+b") as file:
            try:
                lockf(file, LOCK_EX | LOCK_NB, int(argv[3]), int(argv[2]))
            except OSError:
                exit(10)
        exit(11)
        """

    private func isLocked(_ path: String, at place: Int, length: Int) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.attempt, path, "\(place)", "\(length)"]
        try process.run()
        process.waitUntilExit()
        try #require([10, 11].contains(process.terminationStatus))
        return process.terminationStatus == 10
    }

    /// Whether others know that the database is in use: by the file itself, and by the memory that is shared beside it.
    private func isInUse(_ path: String) throws -> Bool {
        let ofFile = try isLocked(path, at: 0x4000_0002, length: 510)
        let ofMemory = try isLocked("\(path)-shm", at: 128, length: 1)
        #expect(ofFile == ofMemory)
        return ofFile && ofMemory
    }

    /// What is done with files by name, be they SQLite's or not.
    private var everyFile: [Way] {
        [
            ("a file that a person names", { _ = try ReadableFile($0).prefix(4) }),
            ("an input", { _ = try ReadableFile(orPipe: $0).contents(upTo: 1 << 24) }),
            ("the memory beside it", { _ = try ReadableFile("\($0)-shm").prefix(4) }),
            ("the place of an output", { _ = try? ExportFile.check($0) }),
            ("the place of an output beside it", { _ = try? ExportFile.check("\($0)-wal") }),
            ("its user", { _ = SQLiteUse.process(using: $0) }),
            ("its first bytes", { _ = try FileBeginning.read(100, of: $0) }),
        ]
    }

    private func expectKept(_ path: String, _ ways: [Way]) throws {
        #expect(try isInUse(path))
        for way in ways {
            for _ in 0..<2 { try way.use(path) }
            #expect(try isInUse(path), "\(way.name)")
        }
    }

    /// A log that nobody has open.
    private func makeLog() throws -> String {
        let path = folder.file("log.sqlite")
        try SQLiteLogStore.create(at: path, identity: CommitGenerator(seed: 1).identity).close()
        return path
    }

    @Test("A log stays locked, in whichever way it is used once more", arguments: Holder.allCases)
    func logs(_ holder: Holder) throws {
        let path = try makeLog()
        let store = try holder == .store ? SQLiteLogStore(at: path) : nil
        let reader = try holder == .reader ? LogFile(reading: path) : nil
        let ways: [Way] = [
            ("a reader", { _ = try LogFile(reading: $0).size() }),
            ("a store", { try SQLiteLogStore(at: $0).close() }),
            ("whether it is whole", { _ = try SQLiteLogStore.isUnfinished(at: $0) }),
        ]
        try withExtendedLifetime((store, reader)) { try expectKept(path, ways + everyFile) }
    }

    @Test("A state file stays locked, in whichever way it is used once more")
    func stateFiles() throws {
        let path = folder.file("state.sqlite")
        let file = try StateFile(at: path)
        let ways: [Way] = [
            ("a check", { _ = try StateFileCheck(reading: $0) }),
            ("another one", { try StateFile(at: $0).close() }),
        ]
        try withExtendedLifetime(file) { try expectKept(path, ways + everyFile) }
    }

    @Test("A descriptor that is closed takes the lock away: this test would see it")
    func canary() throws {
        let path = try makeLog()
        let store = try SQLiteLogStore(at: path)
        #expect(try isInUse(path))
        for name in [path, "\(path)-shm"] { try #require(FileHandle(forReadingAtPath: name)).close() }
        #expect(try !isInUse(path))
        try store.close()
    }

    @Test("The first bytes of a file are as many as there are, and what is no file is refused")
    func beginnings() throws {
        let path = folder.file("tekst")
        for length in [0, 3, 100, 5000] {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(try FileBeginning.read(100, of: path) == Array(bytes.prefix(100)))
        }
        for (path, code) in [(folder.path, FileError.Code.notAFile), (folder.file("niets"), FileError.Code.notFound)] {
            let error = #expect(throws: FileError.self) { _ = try FileBeginning.read(100, of: path) }
            #expect(error?.code == code)
        }
    }
}
