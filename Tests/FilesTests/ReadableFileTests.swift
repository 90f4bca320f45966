import Files
import Foundation
import Testing

@Suite("Reading files up to a limit")
struct ReadableFileTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func expect(_ code: FileError.Code, _ body: () throws -> Void) {
        let error = #expect(throws: FileError.self, performing: body)
        #expect(error?.code == code, "\(error?.message ?? "")")
    }

    @Test("A file of the limit is read, and one byte more is too many", arguments: [0, 1, 4096, 300_000])
    func limits(_ length: Int) throws {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try AtomicFile(folder.path("file")).write(bytes)
        #expect(try ReadableFile(folder.path("file")).contents(upTo: length) == bytes)
        #expect(try ReadableFile(folder.path("file")).contents(upTo: 10_000_000) == bytes)
        if length > 0 { #expect(try ReadableFile(folder.path("file")).contents(upTo: length - 1) == nil) }
        #expect(try ReadableFile(folder.path("file")).prefix(100) == Array(bytes.prefix(100)))
    }

    @Test("What is no file is refused at once: a folder, a pipe that nobody writes to, a device")
    func noFiles() throws {
        try #require(mkfifo(folder.path("pipe"), 0o600) == 0)
        for path in [folder.path, folder.path("pipe"), "/dev/null"] {
            expect(.notAFile) { _ = try ReadableFile(path) }
            expect(.notAFile) { _ = try SecretFile.read(path) }
        }
        expect(.notFound) { _ = try ReadableFile(folder.path("none")) }
        expect(.notFound) { _ = try ReadableFile(folder.path("none/file")) }
    }

    @Test("A pipe that somebody names is read to its end, and no further than the limit", arguments: [0, 1, 100_000])
    func pipes(_ length: Int) throws {
        let path = folder.path("pipe")
        try #require(mkfifo(path, 0o600) == 0)
        let bytes = [UInt8](repeating: 7, count: length)
        for limit in [length, length + 1] {
            // On a thread of its own: opening a pipe waits for the other side.
            Thread.detachNewThread {
                guard let file = FileHandle(forWritingAtPath: path) else { return }
                try? file.write(contentsOf: Data(bytes))
                try? file.close()
            }
            #expect(try ReadableFile(orPipe: path).contents(upTo: limit) == bytes)
        }
    }
}
