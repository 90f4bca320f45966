import Files
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
