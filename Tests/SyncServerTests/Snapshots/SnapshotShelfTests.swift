import AgendaModel
import Dispatch
import EventLog
import EventLogTesting
import Files
import Foundation
import Projections
import Snapshots
import SyncTesting
import Synchronization
import Testing

@testable import SyncServer

/// A log whose entries can be read for as long as it says, and are counted.
private final class CountedLog: ForwardingLogStore {
    let store: InMemoryLogStore
    private struct Reading {
        var count = 0
        var failure: LogError?
        var onRead: (@Sendable () throws -> Void)?
    }
    private let reading = Mutex(Reading())

    init(_ store: InMemoryLogStore) { self.store = store }

    /// How often all entries have been read.
    var count: Int { reading.withLock { $0.count } }

    func fail(with failure: LogError?) { reading.withLock { $0.failure = failure } }

    /// Has something done whenever reading begins.
    func whenRead(_ body: (@Sendable () throws -> Void)?) { reading.withLock { $0.onRead = body } }

    func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        // The tree is made of parts of a segment at most.
        guard range.count > Segment.entryCount else { return try store.forEachBlock(in: range, body) }
        let (failure, onRead) = reading.withLock { reading in
            reading.count += 1
            return (reading.failure, reading.onRead)
        }
        try onRead?()
        try store.forEachBlock(in: range, body)
        // Late, when much has been written.
        if let failure { throw failure }
    }
}

/// Asks for a file, of the whole log when no size is given.
private func get(
    _ file: SnapshotFile,
    from shelf: SnapshotShelf,
    of log: CountedLog,
    at size: LogSize? = nil,
    by client: ConcurrencyLimiter.Client = .address("192.0.2.1")
) async throws -> SnapshotShelf.Ready {
    let limiter = ConcurrencyLimiter(.init())
    return try await shelf.file(file, for: .members, at: size ?? log.store.head().size, of: client) {
        try limiter.permit(for: .historicalRead, of: .address("192.0.2.1"))
    }
}

@Suite("Files of snapshots that are kept")
struct SnapshotShelfTests {
    private let folder: TestFolder
    private let log: TestLog
    private let counted: CountedLog
    private var path: String { folder.file("snapshots") }

    init() throws {
        folder = try TestFolder()
        log = try TestLog.generated(400)
        counted = CountedLog(log.store)
    }

    private func shelf(_ limit: Int = 1 << 30) -> SnapshotShelf {
        SnapshotShelf(of: counted, at: path, atMost: limit, on: HeavyWork())
    }

    private func bytes(_ file: SnapshotFile, at size: LogSize? = nil) throws -> [UInt8] {
        var bytes: [UInt8] = []
        _ = try file.write(of: log.store, at: size ?? log.size, for: .members) { bytes += $0 }
        return bytes
    }

    /// The names of everything in the folder, those within its folders too.
    private func names() throws -> Set<String> {
        Set((FileManager.default.enumerator(atPath: path)?.allObjects ?? []).compactMap { $0 as? String })
    }

    @Test("A file is made once, however many ask for it, and has its hash in its name")
    func once() async throws {
        let (shelf, counted) = (shelf(), counted)
        let gate = DispatchGroup()
        gate.enter()
        counted.whenRead { gate.wait() }
        async let first = get(.map, from: shelf, of: counted)
        async let second = get(.map, from: shelf, of: counted)
        async let third = get(.map, from: shelf, of: counted)
        while shelf.waitingCount < 2 { await Task.yield() }
        gate.leave()
        let expected = try bytes(.map)
        for ready in try await [first, second, third] {
            #expect(try ready.contents.piece(at: 0, upTo: 1 << 20) == expected)
            #expect(ready.kept.hash == Hash.sha256(expected).description && ready.kept.length == expected.count)
        }
        #expect(counted.count == 1)
        _ = try await get(.map, from: self.shelf(), of: counted)
        #expect(counted.count == 1, "another server finds it")
        #expect(try names().count == 3, "the folder, the file, and what is known of it")
    }

    @Test("All files are the same as those of the command line", arguments: SnapshotFile.allCases)
    func same(_ file: SnapshotFile) async throws {
        let ready = try await get(file, from: shelf(), of: counted, at: LogSize(300))
        #expect(try ready.contents.piece(at: 0, upTo: 1 << 30) == bytes(file, at: LogSize(300)))
    }

    @Test("Who goes away before the file is made leaves nothing but the file")
    func gone() async throws {
        let (shelf, counted) = (shelf(), counted)
        let gate = DispatchGroup()
        gate.enter()
        counted.whenRead { gate.wait() }
        let asker = Task { try await get(.tables, from: shelf, of: counted) }
        while counted.count == 0 { await Task.yield() }
        asker.cancel()
        gate.leave()
        _ = try? await asker.value
        let ready = try await get(.tables, from: shelf, of: counted)
        #expect(counted.count == 1)
        #expect(
            try names() == [
                ready.place.folder, "\(ready.place.folder)/\(ready.kept.name)", "\(ready.place.folder)/snapshot.json",
            ]
        )
    }

    @Test("A file that cannot be made leaves nothing, and is made when it can", arguments: SnapshotFile.allCases)
    func failing(_ file: SnapshotFile) async throws {
        let shelf = shelf()
        counted.fail(with: LogError(.diskFull, "the disk is full"))
        await #expect(throws: LogError.self) { try await get(file, from: shelf, of: counted) }
        #expect(try names().isEmpty)
        counted.fail(with: nil)
        _ = try await get(file, from: shelf, of: counted)
    }

    @Test("A file longer than what is kept is refused, and leaves nothing", arguments: SnapshotFile.allCases)
    func tooLong(_ file: SnapshotFile) async throws {
        let limit = try bytes(file).count
        let error = await #expect(throws: ProjectionError.self) {
            try await get(file, from: shelf(limit - 1), of: counted)
        }
        #expect(error?.code == .diskFull)
        #expect(try names().isEmpty)
        _ = try await get(file, from: shelf(limit), of: counted)
    }

    @Test("What was asked for longest ago makes room")
    func room() async throws {
        let sizes = [300, 325, 350, 375, 400].map { LogSize($0) }
        let lengths = try sizes.map { try bytes(.state, at: $0).count }
        let shelf = shelf(lengths[0] + lengths[2] + lengths[3])
        let first = try await get(.state, from: shelf, of: counted, at: sizes[0])
        for size in sizes[1...3] {
            _ = try await get(.state, from: shelf, of: counted, at: size)
            _ = try await get(.state, from: shelf, of: counted, at: sizes[0])
        }
        let kept = try await shelf.shown(.members).map(\.facts.size)
        #expect(kept == [300, 350, 375])
        _ = try await get(.state, from: shelf, of: counted, at: sizes[4])
        let after = try await shelf.shown(.members)
        #expect(after.last?.facts.size == 400)
        #expect(after.flatMap(\.files).reduce(0) { $0 + $1.length } <= lengths[0] + lengths[2] + lengths[3])
        // Who reads it goes on, also when it is removed.
        #expect(try first.contents.piece(at: 0, upTo: 1 << 30).count == lengths[0])
    }

    @Test("What another server was writing when it ended is removed, and finished files stay")
    func leftovers() async throws {
        let ready = try await get(.state, from: shelf(), of: counted)
        let files = FileManager.default
        try Data("x".utf8).write(to: URL(filePath: "\(path)/123.new"))
        try files.createDirectory(atPath: "\(path)/ambit-7", withIntermediateDirectories: false)
        try Data("x".utf8).write(to: URL(filePath: "\(path)/ambit-7/tables.sqlite"))
        let again = try await get(.state, from: shelf(), of: counted)
        #expect(again.kept == ready.kept)
        #expect(try names().count == 3)
    }

    @Test("What is known of a snapshot is listed as it was written, or the snapshot is made anew")
    func facts() async throws {
        let ready = try await get(.map, from: shelf(), of: counted)
        let kept = SnapshotFolder(at: path)
        let file = URL(filePath: "\(path)/\(ready.place.folder)/snapshot.json")
        let whole = try Data(contentsOf: file)
        #expect(kept.facts(of: ready.place) != nil)
        for bit in 0..<whole.count * 8 {
            var flipped = whole
            flipped[bit / 8] ^= 1 << (bit % 8)
            try flipped.write(to: file)
            #expect(kept.facts(of: ready.place) == nil, "bit \(bit)")
        }
        #expect(try await shelf().shown(.members).isEmpty)
        #expect(try names().isEmpty)
        _ = try await get(.map, from: shelf(), of: counted)
        #expect(try await shelf().shown(.members).map(\.facts.size) == [400])
    }

    @Test("Of entries that were given up no file is listed or kept, in use or after a start", arguments: [true, false])
    func givenUp(isInUse: Bool) async throws {
        let former = shelf()
        for size in [300, 350, 400] { _ = try await get(.map, from: former, of: counted, at: LogSize(size)) }
        #expect(try await former.shown(.members).map(\.facts.size) == [300, 350, 400])
        // The first 300 entries are the same, and others come after them.
        let other = try TestLog.generated(300)
        for number in 1...60 {
            let title = #"{"title":"Verzonnen \#(number)"}"#
            other.record("theme.opened", "theme/zzzzzz-\(number)", title, by: "device/zzzzzz")
        }
        try other.commit()
        log.store.restore(other.store)
        let shelf = isInUse ? former : shelf()
        if !isInUse {
            shelf.forgetOthers()
            while try names().count > 3 { await Task.yield() }
        }
        #expect(try await shelf.shown(.members).map(\.facts.size) == [300])
        #expect(try names().count == 3, "the folder, the file, and what is known of it")
        // What the log has now at that size is made anew.
        _ = try await get(.map, from: shelf, of: counted, at: LogSize(350))
        #expect(try await shelf.shown(.members).map(\.facts.size) == [300, 350])
    }

    @Test("When an entry is erased, everything that was made before is gone, and what is being made is not kept")
    func erased() async throws {
        let shelf = shelf()
        let before = try await get(.log, from: shelf, of: counted)
        try log.redact([7])
        shelf.forgetOthers()
        while !(try names()).isEmpty { await Task.yield() }
        let after = try await get(.log, from: shelf, of: counted, at: before.place.size)
        #expect(after.kept.hash != before.kept.hash && after.place.erasureMark == 1)

        let isDone = Mutex(false)
        nonisolated(unsafe) let writer = log
        counted.whenRead {
            guard
                !isDone.withLock({ done in
                    defer { done = true }
                    return done
                })
            else { return }
            try writer.redact([9])
        }
        let last = try await get(.state, from: shelf, of: counted, at: before.place.size)
        #expect(last.place.erasureMark == 2 && isDone.withLock { $0 })
        #expect(try await shelf.shown(.members).flatMap(\.files) == [last.kept])
    }

    @Test("A visitor's file is made on visitors' share of the threads, and a member's is not")
    func visitors() async throws {
        let work = HeavyWork(width: 4)
        let counted = counted
        let shelf = SnapshotShelf(of: counted, at: path, atMost: 1 << 30, on: work)
        let gate = DispatchGroup()
        gate.enter()
        let isHeld = Mutex(false)
        // What takes visitors long has one of four threads.
        let holder = Task {
            try await work.run(for: "holder", takesLong: true, isForVisitors: true) {
                isHeld.withLock { $0 = true }
                gate.wait()
            }
        }
        while !isHeld.withLock({ $0 }) { await Task.yield() }
        let visitor = Task { try await get(.map, from: shelf, of: counted) }
        while work.waitingCount == 0, counted.count == 0 { await Task.yield() }
        let member = ConcurrencyLimiter.Client.member(
            MemberID(unchecked: "member/aaaaaa"),
            of: AgendaName(unchecked: "assen")
        )
        _ = try await get(.map, from: shelf, of: counted, at: LogSize(300), by: member)
        #expect(counted.count == 1)
        gate.leave()
        try await holder.value
        _ = try await visitor.value
        #expect(counted.count == 2)
    }
}
