import Files
import Foundation
import SystemPackage
import Testing

@Suite("Files with secrets")
struct SecretFileTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func expect(_ code: FileError.Code, _ body: () throws -> Void) {
        let error = #expect(throws: FileError.self, performing: body)
        #expect(error?.code == code, "\(error?.message ?? "")")
    }

    @Test("A secret is written whole, replaced only when asked, and leaves nothing beside it")
    func writing() throws {
        let path = folder.path("token")
        try SecretFile.write("one", at: path)
        expect(.alreadyExists) { try SecretFile.write("two", at: path) }
        #expect(try SecretFile.read(path) == "one")
        try SecretFile.write("two", at: path, replacing: true)
        #expect(try SecretFile.read(path) == "two")
        #expect(try folder.names == ["token"])
        #expect(try folder.mode("token") == 0o600)
        expect(.notFound) { try SecretFile.write("x", at: folder.path("no/token")) }
        expect(.notFound) { _ = try SecretFile.read(folder.path("none")) }
    }

    @Test("What is too long or no text was not written by Ambit, and no error holds any of it")
    func malformed() throws {
        let path = folder.path("token")
        try SecretFile.write(String(repeating: "x", count: 4096), at: path)
        #expect(try SecretFile.read(path).count == 4096)
        for bytes in [[UInt8](repeating: 0x78, count: 4097), [0x78, 0xFF]] {
            try AtomicFile(path).write(bytes)
            let error = #expect(throws: FileError.self) { _ = try SecretFile.read(path) }
            #expect(error?.code == .malformed)
            #expect(error?.message.contains("xx") == false)
        }
    }

    @Test(
        "A secret that others may use is refused, also behind a link",
        arguments: [0o640, 0o604, 0o610, 0o620, 0o666]
    )
    func othersMayUse(_ mode: Int) throws {
        folder.put("secret", "token", mode: mode)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path("token"))
        try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "token")
        for name in ["token", "link"] { expect(.readOnly) { _ = try SecretFile.read(folder.path(name)) } }
    }

    @Test("A secret that is removed is gone for good, and one that is not there is no failure")
    func removing() throws {
        try SecretFile.write("one", at: folder.path("token"))
        let calls = BrokenCalls()
        try SecretFile.remove(folder.path("token"), calls: calls.calls)
        #expect(calls.made == ["unlink", "syncFolder"])
        #expect(try folder.names.isEmpty)
        try SecretFile.remove(folder.path("token"))
        try SecretFile.write("two", at: folder.path("token"))
        expect(.readOnly) {
            let broken = BrokenCalls(failing: 0, with: .error(.permissionDenied))
            try SecretFile.remove(folder.path("token"), calls: broken.calls)
        }
        #expect(folder.text("token") == "two")
    }
}
