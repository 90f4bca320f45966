import Files
import Foundation
import SystemPackage
import Testing

@Suite("A name in a folder")
struct FileEntryTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test(
        "A file gets a free name, and none that is taken, also on disks where a file has one name only",
        arguments: [nil, .notPermitted, .notSupported, .noFunction] as [Errno?]
    )
    func freeName(_ refusal: Errno?) throws {
        var calls = FileCalls.system
        if let refusal { calls.link = { (_, _) throws(Errno) in throw refusal } }
        folder.put("new", "made")
        try FileEntry(folder.path("made"), calls: calls).moveToFreeName(folder.path("named"))
        #expect(try folder.names == ["named"] && folder.text("named") == "new")
        folder.put("other", "made")
        let error = #expect(throws: FileError.self) {
            try FileEntry(folder.path("made"), calls: calls).moveToFreeName(folder.path("named"))
        }
        #expect(error?.code == .alreadyExists)
        #expect(folder.text("named") == "new" && folder.text("made") == "other")
    }

    @Test("A file has as many names as it was given, and moving it to another one leaves it with one")
    func names() throws {
        folder.put("new", "made")
        #expect(FileEntry(folder.path("made")).nameCount == 1)
        try FileCalls.system.link(folder.path("made"), folder.path("linked"))
        #expect(FileEntry(folder.path("linked")).nameCount == 2 && FileEntry(folder.path("none")).nameCount == nil)
        try FileEntry(folder.path("linked")).remove()
        try FileEntry(folder.path("made")).moveToFreeName(folder.path("named"))
        #expect(FileEntry(folder.path("named")).nameCount == 1)
    }

    @Test("What is not there, or has gone, is not forbidden")
    func forbidden() throws {
        folder.put("new", "made")
        #expect(!FileEntry(folder.path("made")).isForbidden && !FileEntry(folder.path("gone")).isForbidden)
        #expect(!FileEntry(folder.path("made/below")).isForbidden)
    }

    @Test("A file that this user may not read is forbidden", .enabled(if: getuid() != 0, "root may read everything"))
    func unreadable() throws {
        folder.put("new", "made")
        chmod(folder.path("made"), 0)
        #expect(FileEntry(folder.path("made")).isForbidden)
    }

    @Test("Another fault of the disk is said, and nothing has moved")
    func fault() throws {
        var calls = FileCalls.system
        calls.link = { (_, _) throws(Errno) in throw .ioError }
        folder.put("new", "made")
        let error = #expect(throws: FileError.self) {
            try FileEntry(folder.path("made"), calls: calls).moveToFreeName(folder.path("named"))
        }
        #expect(error?.code == .inputOutput)
        #expect(try folder.names == ["made"])
    }
}
