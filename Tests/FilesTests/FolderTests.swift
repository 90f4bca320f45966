import Files
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
