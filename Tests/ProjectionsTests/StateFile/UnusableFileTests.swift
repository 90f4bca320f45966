import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import Testing

@testable import Projections

@Suite("State files that cannot be used are made anew")
struct UnusableFileTests {
    let folder: TestFolder
    let log: TestLog

    init() throws {
        folder = try TestFolder()
        log = try TestLog()
        try log.fill(300, seed: 11)
    }

    /// What is done to the bytes of a good state file.
    enum Damage: String, CaseIterable {
        case noDatabase, empty, cutOff, otherApplication, newerVersion, olderVersion, zeroedPages

        func apply(to bytes: Data) -> Data {
            var bytes = bytes
            switch self {
            case .noDatabase: return Data("this is a letter\n".utf8)
            case .empty: return Data()
            case .cutOff: return bytes.prefix(bytes.count / 2 + 100)
            case .otherApplication: bytes.replaceSubrange(68..<72, with: Data("AmbX".utf8))
            case .newerVersion: bytes[63] += 1
            case .olderVersion: bytes[63] -= 1
            case .zeroedPages: bytes.replaceSubrange(4_096..<bytes.count, with: Data(count: bytes.count - 4_096))
            }
            return bytes
        }
    }

    @Test("A damaged file, a foreign one and one of another version", arguments: Damage.allCases)
    func damaged(_ damage: Damage) throws {
        let path = folder.file("state.sqlite")
        let good = try StateFile(at: path)
        try good.catchUp(with: log.store)
        let contents = try Contents(of: good, log: log)
        try good.close()
        let bytes = damage.apply(to: try Data(contentsOf: URL(fileURLWithPath: path)))
        try bytes.write(to: URL(fileURLWithPath: path))
        try log.fill(50, seed: 12)

        let file = try StateFile(at: path)
        try file.catchUp(with: log.store)
        #expect(try file.digest() == TimeTravel.digest(of: TimeTravel.state(of: log.store, at: LogSize(350))))
        #expect(try Contents(of: file, log: log) != contents)
        let whole = try folder.stateFile("whole.sqlite")
        try whole.catchUp(with: log.store)
        #expect(try Contents(of: file, log: log) == Contents(of: whole, log: log))
    }

    @Test("A file of another log, of a log that was put back, and of one that went another way")
    func otherLogs() throws {
        let other = try TestLog(origin: "log.example/agendas/emmen")
        try other.fill(300, seed: 11)
        let shorter = try TestLog()
        try shorter.fill(200, seed: 11)
        let forked = try TestLog()
        try forked.fill(250, seed: 11)
        forked.now += 1
        try forked.fill(100, seed: 13)
        for next in [other, shorter, forked] {
            let path = folder.file("\(UUID().uuidString).sqlite")
            let file = try StateFile(at: path)
            try file.catchUp(with: log.store)
            try file.close()
            let reopened = try StateFile(at: path)
            var sizes: [LogSize] = []
            try reopened.catchUp(with: next.store) { sizes.append($0) }
            #expect(sizes == [next.size])
            let whole = try folder.stateFile("\(UUID().uuidString).sqlite")
            try whole.catchUp(with: next.store)
            #expect(try Contents(of: reopened, log: next) == Contents(of: whole, log: next))
        }
    }

    @Test("The same file may not be used by turns for two logs without starting over")
    func byTurns() throws {
        let other = try TestLog(origin: "log.example/agendas/emmen")
        try other.fill(300, seed: 14)
        let file = try folder.stateFile()
        for log in [log, other, log] {
            try file.catchUp(with: log.store)
            let replayed = try TimeTravel.state(of: log.store, at: log.size)
            #expect(try file.digest() == TimeTravel.digest(of: replayed))
        }
    }

    @Test("A folder that does not exist is reported with what to do")
    func noFolder() throws {
        let error = #expect(throws: ProjectionError.self) { try StateFile(at: folder.file("nowhere/state.sqlite")) }
        #expect(error?.code == .readOnly)
        #expect(error?.message.contains("check that its folder exists") == true)
    }

    @Test("Only the owner may read the file, because it holds names")
    func mode() throws {
        let file = try folder.stateFile()
        try file.catchUp(with: log.store)
        for name in try folder.names {
            let mode = try FileManager.default.attributesOfItem(atPath: folder.file(name))[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
    }
}
