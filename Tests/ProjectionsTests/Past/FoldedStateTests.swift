import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import Testing

@testable import Projections

@Suite("The state at a size, made of a copy of the state file")
struct FoldedStateTests {
    private let folder: TestFolder
    private let log: TestLog
    private var path: String { folder.file("kept.sqlite") }
    private var workspace: FoldedState.Workspace {
        FoldedState.Workspace(in: folder.file("passing"), startingFrom: path)
    }

    init() throws {
        folder = try TestFolder()
        log = try TestLog()
        try log.recordConflicts(rounds: 30, every: 5)
        try FileManager.default.createDirectory(atPath: folder.file("passing"), withIntermediateDirectories: true)
    }

    /// Has the file stand at a size; nil for all of the log.
    private func keep(at size: LogSize? = nil) throws {
        let file = try StateFile(at: path)
        try file.catchUp(with: log.store, upTo: size)
        try file.close()
    }

    /// As a snapshot has it.
    private func erasures(_ state: FoldedState) throws -> Int {
        try state.erasures ?? log.store.erasedCount(in: log.size.positions)
    }

    /// Everything that is exported.
    private func export(at size: LogSize? = nil, in workspace: FoldedState.Workspace) throws -> [String] {
        let state = try FoldedState(of: log.store, at: size ?? log.size, in: workspace)
        var found = ["\(try state.digest())", "\(state.moment?.description ?? "-")", "\(try erasures(state))"]
        try state.forEachSubject { found.append("\($0.name) \(String(decoding: $0.document, as: UTF8.self))") }
        return found + (try state.conflicts().map { "\($0)" })
    }

    private func checkSame(at size: LogSize? = nil, _ what: Comment) throws {
        #expect(try export(at: size, in: workspace) == export(at: size, in: FoldedState.Workspace()), what)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("passing")).isEmpty, what)
    }

    @Test("It is taken as it is, without folding the log")
    func copied() throws {
        try keep()
        let broken = FailingReader(log.store, failingAt: Position(0))
        let state = try FoldedState(of: broken, at: log.size, in: workspace)
        #expect(try state.digest() == TimeTravel.digest(of: TimeTravel.state(of: log.store, at: log.size)))
        #expect(throws: LogError.self) { try FoldedState(of: broken, at: log.size) }
        #expect(throws: LogError.self) { try FoldedState(of: broken, at: log.size - 1, in: workspace) }
    }

    @Test("It says what the log says, wherever the file stands", arguments: [0, 1, 40, 100_000])
    func standing(size: Int) throws {
        try keep(at: min(LogSize(size), log.size))
        try checkSame("as it is")
        try checkSame(at: LogSize(30), "an earlier size")
        try log.redact([3, 17])
        try checkSame("what was erased since is not in it")
        try checkSame(at: log.size - 2, "nor before it was asked for")
        try keep()
        try checkSame("nor in what was folded since")
        try checkSame(at: log.size - 2, "nor before it was asked for, then")
    }

    @Test("What stands in the file's place is no matter")
    func unusable() throws {
        try checkSame("nothing")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try checkSame("a folder")
        try FileManager.default.removeItem(atPath: path)
        for bytes in [Data(), Data("no database".utf8), Data(repeating: 0, count: 8192)] {
            try bytes.write(to: URL(fileURLWithPath: path))
            try checkSame("a file of \(bytes.count) bytes")
        }
        try FileManager.default.removeItem(atPath: path)
        let other = try TestLog()
        try other.fill(60, seed: 9)
        let file = try StateFile(at: path)
        try file.catchUp(with: other.store)
        try file.close()
        try checkSame("another log's")
    }

    @Test("A file of another history of the log is of no use, however long that is", arguments: [-3, 0, 5])
    func otherHistory(longer: Int) throws {
        let other = try TestLog()
        try other.fill(log.size.rawValue + longer, seed: 77)
        #expect(other.store.identity == log.store.identity)
        let file = try StateFile(at: path)
        try file.catchUp(with: other.store)
        try file.close()
        try checkSame("\(longer) entries longer")
    }

    @Test("A flipped bit in the file is never exported")
    func flipped() throws {
        try keep()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let expected = try export(in: FoldedState.Workspace())
        var random = SplitMix64(seed: 20_261_129)
        for _ in 0..<300 {
            let bit = Int.random(in: 0..<whole.count * 8, using: &random)
            var bytes = whole
            bytes[bit / 8] ^= 1 << (bit % 8)
            try bytes.write(to: URL(fileURLWithPath: path))
            #expect(try export(in: workspace) == expected, "bit \(bit)")
        }
    }

    @Test("What is told of each event is the same in memory and in a file", arguments: [1, 7, 1000])
    func reporting(batch: Int) throws {
        try log.redact([5])
        func told(_ workspace: FoldedState.Workspace) throws -> [String] {
            var told: [String] = []
            let report = { (event: HistoryEvent) in told.append("\(event)") }
            let state = try FoldedState(of: log.store, at: log.size, in: workspace, reporting: report)
            return told + ["\(try state.digest())", "\(state.moment?.description ?? "-")", "\(try erasures(state))"]
        }
        let inMemory = try told(FoldedState.Workspace())
        #expect(inMemory.count == log.size.rawValue + 3)
        let inFile = FoldedState.Workspace(in: folder.path, memory: ByteCount(1), batch: batch, startingFrom: path)
        #expect(try told(inFile) == inMemory)
    }
}
