import AgendaModel
import EventLog
import EventLogTesting
import Testing

@testable import Projections

@Suite("History, time travel and digests")
struct HistoryTests {
    let folder: TestFolder
    let log: TestLog

    init() throws {
        folder = try TestFolder()
        log = try TestLog()
    }

    /// The positions of the entries about each subject, found by looking at every entry.
    private func scan(upTo size: LogSize) throws -> [String: [Position]] {
        var found: [String: [Position]] = [:]
        var reader = EventReader()
        for (position, entry) in try log.entries(upTo: size).enumerated() {
            let subject = try entry.withUnsafeBufferPointer {
                String(decoding: entry[try reader.read($0, as: .entry).subject], as: UTF8.self)
            }
            found[subject, default: []].append(Position(position))
        }
        return found
    }

    @Test("The history of every subject is what a look at every entry finds", arguments: [1, 100, 1_000_000])
    func history(batch: Int) throws {
        try log.fill(1_000, seed: 21, committing: 70)
        try log.seal()
        log.record("project.revised", "project/once", "{}")
        try log.commit()
        let file = try folder.stateFile()
        try file.catchUp(with: log.store, batch: batch)
        let scanned = try scan(upTo: log.size)
        #expect(scanned.count > 100)
        try file.read { (view) throws in
            for (subject, positions) in scanned {
                let found = try view.history(of: subject, in: log.store)
                #expect(found == positions, "\(subject)")
            }
            let none = try view.history(of: "project/nobody", in: log.store)
            #expect(none.isEmpty)
        }
    }

    @Test("History ends at the size of the snapshot, and stops when the reader has enough")
    func bounds() throws {
        for _ in 0..<300 { log.record("project.revised", "project/a", #"{"phase":"idea"}"#) }
        try log.commit()
        let file = try folder.stateFile()
        #expect(throws: LogError.self) {
            try file.catchUp(with: FailingReader(log.store, failingAt: Position(256)), batch: 10)
        }
        try file.read { (view) throws in
            #expect(view.size == LogSize(250))
            #expect(try view.history(of: "project/a", in: log.store) == (0..<250).map { Position($0) })
            var seen = 0
            try view.forEachEntry(about: "project/a", in: log.store) { _, entry in
                #expect(entry.first == UInt8(ascii: "{") && entry.last == UInt8(ascii: "}"))
                seen += 1
                return seen < 3
            }
            #expect(seen == 3)
        }
    }

    @Test("The state at a size and at a moment is that of the entries up to then")
    func moments() throws {
        try log.fill(400, seed: 22, committing: 80)
        let entries = try log.entries(upTo: log.size)
        let moment = try #require(entries[159].withUnsafeBufferPointer { EntrySuffix.recordedTime(of: $0) })
        let atMoment = try TimeTravel.state(of: log.store, at: moment)
        #expect(atMoment.size == LogSize(160))
        let atSize = try TimeTravel.state(of: log.store, at: LogSize(160))
        #expect(TimeTravel.digest(of: atMoment) == TimeTravel.digest(of: atSize))
        let before = Timestamp(millisecondsSince1970: moment.millisecondsSince1970 - 1)
        #expect(try TimeTravel.state(of: log.store, at: before).size == LogSize(80))
        #expect(try TimeTravel.state(of: log.store, at: .zero).subjects.isEmpty)
        for size in [-1, 401] {
            let error = #expect(throws: ProjectionError.self) {
                try TimeTravel.state(of: log.store, at: LogSize(size))
            }
            #expect(error?.code == .beyondLog)
        }
    }

    @Test("The root at a size is the tree's, with and without a checkpoint of that size, sealed or not")
    func roots() throws {
        try log.fill(700, seed: 23)
        for _ in 0..<2 {
            for size in [0, 1, 100, 255, 256, 257, 300, 511, 512, 513, 650, 700] {
                var edge = TreeEdge()
                for entry in try log.entries(upTo: LogSize(size)) {
                    edge.append(leaf: entry.withUnsafeBufferPointer { Merkle.leaf($0) })
                }
                #expect(try TimeTravel.root(of: log.store, at: LogSize(size)) == edge.root, "\(size)")
            }
            try log.seal()
        }
    }

    @Test("A digest is kept for its size, and is the same when computed again")
    func digests() throws {
        let file = try folder.stateFile()
        for seed in 1...3 as ClosedRange<UInt64> {
            try log.fill(50, seed: seed)
            try file.catchUp(with: log.store)
            #expect(try file.read { try $0.keptDigest() } == nil)
            let digest = try file.digest()
            #expect(try file.read { try $0.keptDigest() } == digest)
            #expect(try file.read { try $0.computeDigest() } == digest)
            #expect(try file.digest() == digest)
        }
    }
}
