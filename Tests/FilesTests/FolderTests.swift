import Files
import Foundation
import SystemPackage
import Testing

@Suite("Folders")
struct FolderTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test(
        "The folder of a path is what stands before its last slash",
        arguments: [("a/b", "a"), ("/a", "/"), ("a", "."), ("/a/b/c", "/a/b"), ("é/ü", "é")]
    )
    func paths(_ path: String, _ expected: String) {
        #expect(Folder.path(containing: path) == expected)
    }

    @Test("A folder is made once, for its owner alone")
    func making() throws {
        #expect(try Folder(folder.path("new")).make())
        #expect(try folder.mode("new") == 0o700)
        #expect(try Folder(folder.path("new")).make() == false)
        let error = #expect(throws: FileError.self) { try Folder(folder.path("no/such")).make() }
        #expect(error?.code == .notFound)
        let full = #expect(throws: FileError.self) {
            try Folder(folder.path("other"), calls: BrokenCalls(failing: 0, with: .error(.noSpace)).calls).make()
        }
        #expect(full?.code == .diskFull)
    }

    @Test("Folders that are missing around it are made as well, and nobody else writes to them, whatever the mask is")
    func parents() throws {
        let mask = umask(0)
        defer { _ = umask(mask) }
        try Folder(folder.path("a/b/c")).makeWithParents()
        try Folder(folder.path("d/e")).makeWithParents(for: .everybody)
        try Folder(folder.path("d/e")).makeWithParents()
        for name in ["a", "a/b", "a/b/c"] { #expect(try folder.mode(name) == 0o700) }
        for name in ["d", "d/e"] { #expect(try folder.mode(name) == 0o755) }
        folder.put("text", "file")
        #expect(throws: FileError.self) { try Folder(folder.path("file/x/y")).makeWithParents() }
    }

    @Test("A link to a folder is no folder of its own")
    func real() throws {
        try Folder(folder.path("a")).make()
        try FileManager.default.createSymbolicLink(atPath: folder.path("b"), withDestinationPath: folder.path("a"))
        folder.put("text", "file")
        #expect(Folder(folder.path("a")).isReal)
        for name in ["b", "file", "nothing"] { #expect(!Folder(folder.path(name)).isReal) }
    }

    @Test("A folder with something in it is neither replaced nor taken away")
    func renaming() throws {
        try Folder(folder.path("full")).make()
        folder.put("text", "full/file")
        try Folder(folder.path("empty")).make()
        let error = #expect(throws: FileError.self) {
            try FileEntry(folder.path("empty")).rename(to: folder.path("full"))
        }
        #expect(error?.code == .alreadyExists)
        FileEntry(folder.path("full")).removeIfPossible()
        FileEntry(folder.path("empty")).removeIfPossible()
        #expect(try folder.names == ["full"])
        #expect(folder.text("full/file") == "text")
    }
}
