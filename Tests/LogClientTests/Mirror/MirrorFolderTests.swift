import Foundation
import SyncTesting
import Testing

@testable import LogClient

@Suite("Reading a mirror's files")
struct MirrorFolderTests {
    private func expectTooLong(_ name: String, limit: Int, in mirror: MirrorFolder) {
        let error = #expect(throws: LogClientError.self) { try mirror.read(name, limit: limit) }
        #expect(error?.code == .corrupt && error?.message.contains("\(name) is longer than it may be") == true)
    }

    @Test(
        "A file up to the limit is read whole, and a longer one is damage: it is not taken for one that is missing",
        arguments: [0, 1, 4095, 65_536]
    )
    func limits(length: Int) throws {
        let folder = try TestFolder()
        let mirror = MirrorFolder(path: folder.file("mirror"))
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try mirror.write(bytes, to: "tile/0/000")
        #expect(try mirror.read("tile/0/000", limit: length) == bytes)
        #expect(try mirror.read("tile/0/000", limit: 16 << 20) == bytes)
        if length > 0 { expectTooLong("tile/0/000", limit: length - 1, in: mirror) }
        #expect(try mirror.read("tile/0/001", limit: 10) == nil)
    }

    @Test(
        "Links that somebody planted in a mirror are not followed",
        arguments: ["tile", "tile/0", ".mirror.lock", "tile/0/000"]
    )
    func links(planted: String) throws {
        let folder = try TestFolder()
        let (victim, path) = (folder.file("victim"), folder.file("mirror"))
        try FileManager.default.createDirectory(atPath: "\(path)/tile", withIntermediateDirectories: true)
        if planted == "tile" { try FileManager.default.removeItem(atPath: "\(path)/tile") }
        if planted == "tile/0/000" {
            try FileManager.default.createDirectory(atPath: "\(path)/tile/0", withIntermediateDirectories: true)
        }
        let isFolder = planted == "tile" || planted == "tile/0"
        if isFolder { try FileManager.default.createDirectory(atPath: victim, withIntermediateDirectories: true) }
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(planted)", withDestinationPath: victim)
        let mirror = MirrorFolder(path: path)
        if planted == ".mirror.lock" {
            #expect(throws: LogClientError.self) { try mirror.lock() }
        } else if isFolder {
            let error = #expect(throws: LogClientError.self) { try mirror.write([1], to: "tile/0/000") }
            #expect(error?.message.contains(planted) == true && error?.nextStep?.contains("take it away") == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: victim).isEmpty)
        } else {
            // The file takes the link's place.
            try mirror.write([1], to: "tile/0/000")
            #expect(try mirror.read("tile/0/000", limit: 10) == [1])
        }
        #expect(isFolder || !FileManager.default.fileExists(atPath: victim))
    }

    @Test(
        "A folder with something else of Ambit's becomes no mirror, and stays as it is",
        arguments: ["log.sqlite", "log.key", "witness.key", "device.key", "enrolment.json", "agendas"]
    )
    func others(mark: String) throws {
        let folder = try TestFolder()
        try Data().write(to: URL(fileURLWithPath: folder.file(mark)))
        let error = #expect(throws: LogClientError.self) { try MirrorFolder(path: folder.path).lock() }
        #expect(error?.code == .inputOutput && error?.message.contains(mark) == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [mark])
        try FileManager.default.removeItem(atPath: folder.file(mark))
        _ = try MirrorFolder(path: folder.path).lock()
    }

    #if os(Linux)
        @Test("A file that says that it is empty, and is not, is read whole, or is damage")
        func growing() throws {
            // Its size is 0 as far as the system says: as with a file that grows while it is read.
            let mirror = MirrorFolder(path: "/proc/self")
            let whole = try #require(try mirror.read("status", limit: 1 << 20))
            #expect(whole.count > 100)
            expectTooLong("status", limit: 100, in: mirror)
        }
    #endif
}
