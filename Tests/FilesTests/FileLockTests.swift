import Files
import Foundation
import Testing

@Suite("Locks on files")
struct FileLockTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test("One at a time holds a lock, and letting go of it is enough")
    func exclusive() throws {
        let path = folder.path("lock")
        var lock = try FileLock(path)
        #expect(lock != nil)
        #expect(try FileLock(path) == nil)
        lock = nil
        #expect(try FileLock(path) != nil)
        #expect(try folder.mode("lock") == 0o600)
        _ = lock
    }

    @Test("A lock on a file that was taken away is no lock on the file that is there now")
    func takenAway() throws {
        let path = folder.path("lock")
        let former = try #require(try FileLock(path))
        try FileEntry(path).remove()
        let present = try FileLock(path)
        #expect(present != nil)
        #expect(try FileLock(path) == nil)
        withExtendedLifetime(former) {}
        withExtendedLifetime(present) {}
    }

    @Test("A link in the lock's place is not followed, wherever it leads", arguments: ["victim", "nothing"])
    func links(target: String) throws {
        folder.put("text", "victim")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("lock"),
            withDestinationPath: folder.path(target)
        )
        let error = #expect(throws: FileError.self) { _ = try FileLock(folder.path("lock")) }
        #expect(error?.message.contains("is a link") == true)
        #expect(throws: FileError.self) { _ = try SharedFile(folder.path("lock"), for: .making) }
        #expect(folder.text("victim") == "text")
        #expect(try folder.names.contains("nothing") == false)
    }

    @Test("A missing folder is said to be missing, and a folder in the lock's place is no lock")
    func missing() throws {
        let error = #expect(throws: FileError.self) { _ = try FileLock(folder.path("no/lock")) }
        #expect(error?.code == .notFound)
        #expect(throws: FileError.self) { _ = try FileLock(folder.path) }
    }
}
