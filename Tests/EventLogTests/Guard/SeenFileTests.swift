import AgendaModel
import EventLog
import EventLogSQLite
import EventLogTesting
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("The file of what a log has shown")
struct SeenFileTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("log.seen")
    }

    private func mark(_ size: Int) -> SeenMark {
        SeenMark(size: LogSize(size), root: Hash.sha256([UInt8(size % 256)]))
    }

    private func trace(_ size: Int) -> SeenTrace {
        SeenTrace(size: LogSize(size), root: Hash.sha256([UInt8(size % 256)]))
    }

    private func write(_ mark: SeenMark, _ file: SeenFile) throws { try file.update { _ in mark } }

    @Test("A mark is read as it was written, by whoever opens the file")
    func roundTrip() throws {
        let marks = [
            SeenMark.nothing, mark(1), SeenMark(size: LogSize(7), root: nil), mark(999_999_999_999),
            SeenMark(size: LogSize(9), root: nil, givenUp: [trace(12)], shown: [trace(10), trace(11)]),
            SeenMark(size: LogSize(9), root: nil, shown: [trace(10), trace(11)], isOwn: false),
            SeenMark(size: LogSize(9), root: Hash.sha256([9]), isOwn: false),
        ]
        let file = SeenFile(at: path)
        for mark in marks {
            try write(mark, file)
            #expect(try file.mark() == mark)
            #expect(try SeenFile(at: path).mark() == mark)
            // What the server itself has noted is written as it always was.
            #expect(try String(contentsOfFile: path, encoding: .utf8).contains(" heard ") == !mark.isOwn)
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(attributes[.size] as? Int == SeenSlots.length)
    }

    @Test("Who only looks makes no file, and who finds none is told so")
    func noFile() throws {
        #expect(try SeenFile(at: path).mark() == nil)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(throws: LogError.self) { try SeenFile(at: folder.path("nowhere/log.seen")).update { _ in .nothing } }
    }

    @Test("A writing that was cut off anywhere leaves the mark before it, or the new one")
    func tornWrites() throws {
        let file = SeenFile(at: path)
        for size in 1...3 { try write(mark(size), file) }
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        try write(mark(4), file)
        let after = try Data(contentsOf: URL(fileURLWithPath: path))
        for cut in 0...SeenSlots.length {
            var torn = before
            torn.replaceSubrange(0..<cut, with: after[..<cut])
            let found = SeenSlots(Array(torn)).mark
            #expect(found == mark(3) || found == mark(4), "cut off after \(cut) bytes")
        }
    }

    @Test("A file of an earlier version is read and gone on with, without what was given up")
    func earlier() throws {
        func slot(_ number: Int) -> [UInt8] {
            let words = "ambit-log-seen/v1 \(number) 8 \(Hash.sha256([8]).base64) 3 20"
            let line = "\(words) \(Hash.sha256(Array(words.utf8)).description.prefix(16))"
            return Array(line.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: 511 - line.utf8.count) + [10]
        }
        for numbers in [[4, 5], [6, 5]] {
            try Data(numbers.flatMap(slot)).write(to: URL(fileURLWithPath: path))
            let file = SeenFile(at: path)
            #expect(try file.mark() == SeenMark(size: LogSize(8), root: Hash.sha256([8])))
            try write(mark(9), file)
            #expect(try SeenFile(at: path).mark() == mark(9))
            // Cut off wherever: the one or the other.
            var torn = SeenSlots(numbers.flatMap(slot))
            let next = torn.next(mark(9))
            #expect(next.offset >= 1024)
            torn = next.slots
            #expect(torn.mark == mark(9))
        }
    }

    @Test("A bit that flips takes nothing back")
    func flips() throws {
        let file = SeenFile(at: path)
        for size in 1...2 { try write(mark(size), file) }
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        // Most of it is spaces, which nothing depends on.
        for index in bytes.indices where bytes[index] != UInt8(ascii: " ") || index % 64 == 0 {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << bit
                let found = SeenSlots(flipped).mark
                #expect(found == mark(2))
            }
        }
        #expect(SeenSlots([]).mark == nil)
        #expect(SeenSlots([UInt8](repeating: 0xff, count: 5000)).mark == nil)
    }

    @Test("Many writers lose no mark")
    func manyWriters() async throws {
        let path = path
        await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let file = SeenFile(at: path)
                    for _ in 0..<50 {
                        try file.update { SeenMark(size: ($0?.size ?? .zero) + 1, root: nil) }
                    }
                }
            }
        }
        #expect(try SeenFile(at: path).mark()?.size == LogSize(400))
    }

    @Test("A file that is put in its place counts from then on")
    func replaced() throws {
        let file = SeenFile(at: path)
        try write(mark(5), file)
        let other = SeenFile(at: folder.path("other"))
        try write(mark(9), other)
        try FileManager.default.removeItem(atPath: path)
        #expect(try file.mark() == nil)
        try FileManager.default.moveItem(atPath: folder.path("other"), toPath: path)
        #expect(try file.mark() == mark(9))
        try write(mark(10), file)
        #expect(try SeenFile(at: path).mark() == mark(10))
    }

    #if os(Linux)
        @Test("What cannot be written is read; who wants to write is told why, and writes once that is possible")
        func readOnly() async throws {
            await #expect(processExitsWith: .success) {
                let folder = try TemporaryFolder()
                let path = folder.path("log.seen")
                let (mark, next) = (SeenMark(size: LogSize(5), root: nil), SeenMark(size: LogSize(6), root: nil))
                try SeenFile(at: path).update { _ in mark }
                chmod(path, 0o444)
                chmod(folder.path, 0o555)
                // Root may write everywhere.
                let isRoot = geteuid() == 0
                if isRoot { precondition(seteuid(65_534) == 0) }
                let file = SeenFile(at: path)
                for _ in 0..<2 {
                    guard try file.mark() == mark else { exit(1) }
                    do {
                        try file.update { _ in next }
                        exit(2)
                    } catch let error as LogError {
                        guard error.code == .readOnly else { exit(3) }
                    }
                }
                if isRoot { precondition(seteuid(0) == 0) }
                chmod(folder.path, 0o755)
                chmod(path, 0o600)
                try file.update { $0 == mark ? next : nil }
                guard try SeenFile(at: path).mark() == next else { exit(4) }
                withExtendedLifetime(folder) {}
            }
        }
    #endif
}
