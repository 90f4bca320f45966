import Files
import Foundation
import Testing

@Suite("Where a person wants output")
struct OutputFileTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func write(_ text: String, to path: String) throws {
        try OutputFile(path).write { write in try Array(text.utf8).withUnsafeBufferPointer(write) }
    }

    private func read(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("A new file is its owner's alone, and one that is replaced keeps its mode")
    func modes() throws {
        let path = folder.path("out")
        try write("een", to: path)
        #expect(try read(path) == "een" && mode(path) == 0o600)
        for expected in [0o644, 0o640, 0o600] {
            try FileManager.default.setAttributes([.posixPermissions: expected], ofItemAtPath: path)
            try write("twee \(expected)", to: path)
            #expect(try read(path) == "twee \(expected)" && mode(path) == expected)
        }
    }

    @Test("Links are written through, one behind the other, and those that lead nowhere make what they name")
    func links() throws {
        let files = FileManager.default
        try files.createDirectory(atPath: folder.path("elders"), withIntermediateDirectories: true)
        try write("oud", to: folder.path("elders/doel"))
        try files.createSymbolicLink(atPath: folder.path("een"), withDestinationPath: "elders/doel")
        try files.createSymbolicLink(atPath: folder.path("twee"), withDestinationPath: folder.path("een"))
        try files.createSymbolicLink(atPath: folder.path("leeg"), withDestinationPath: "elders/nieuw")
        try write("nieuw", to: folder.path("twee"))
        try write("ook", to: folder.path("leeg"))
        #expect(try read(folder.path("elders/doel")) == "nieuw" && read(folder.path("elders/nieuw")) == "ook")
        #expect(try files.destinationOfSymbolicLink(atPath: folder.path("twee")) == folder.path("een"))
        try files.createSymbolicLink(atPath: folder.path("rond"), withDestinationPath: "rond2")
        try files.createSymbolicLink(atPath: folder.path("rond2"), withDestinationPath: "rond")
        #expect(throws: FileError.self) { try OutputFile(folder.path("rond")) }
        #expect(throws: FileError.self) { try OutputFile(folder.path("elders")) }
    }

    @Test("Standard output is no file, and a file that is called so has a folder before its name")
    func standardOutput() throws {
        let error = #expect(throws: FileError.self) { try OutputFile("-") }
        #expect(error?.code == .notAFile)
        try write("gewoon een bestand", to: folder.path("-"))
        #expect(try read(folder.path("-")) == "gewoon een bestand")
    }

    @Test("A device stays a device")
    func devices() throws {
        try write("weg", to: "/dev/null")
        let attributes = try FileManager.default.attributesOfItem(atPath: "/dev/null")
        #expect(attributes[.type] as? FileAttributeType == .typeCharacterSpecial)
    }

    @Test("A pipe gets what is written, and stays a pipe")
    func pipes() async throws {
        let path = folder.path("pijp")
        try #require(mkfifo(path, 0o600) == 0)
        async let got = Task.detached { try ReadableFile(orPipe: path).contents(upTo: 100) }.value
        try write("door de pijp", to: path)
        #expect(try await got == Array("door de pijp".utf8))
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.type] as? FileAttributeType != .typeRegular)
    }

    @Test("A failed body leaves what was there, and nothing beside it")
    func failures() throws {
        struct Stop: Error {}
        let path = folder.path("out")
        try write("oud", to: path)
        #expect(throws: Stop.self) {
            try OutputFile(path).write { write in
                try Array("half".utf8).withUnsafeBufferPointer(write)
                throw Stop()
            }
        }
        #expect(try read(path) == "oud")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out"])
    }
}
