import SyncTesting
import Testing

@testable import LogClient

@Suite("Reading a mirror's files")
struct MirrorFolderTests {
    @Test("A file up to the limit is read whole, and a longer one not at all", arguments: [0, 1, 4095, 65_536])
    func limits(length: Int) throws {
        let folder = try TestFolder()
        let mirror = MirrorFolder(path: folder.file("mirror"))
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try mirror.write(bytes, to: "tile/0/000")
        #expect(try mirror.read("tile/0/000", limit: length) == bytes)
        #expect(try mirror.read("tile/0/000", limit: 16 << 20) == bytes)
        if length > 0 { #expect(try mirror.read("tile/0/000", limit: length - 1) == nil) }
        #expect(try mirror.read("tile/0/001", limit: 10) == nil)
    }

    #if os(Linux)
        @Test("A file that says that it is empty, and is not, is read whole, or not at all")
        func growing() throws {
            // Its size is 0 as far as the system says: as with a file that grows while it is read.
            let mirror = MirrorFolder(path: "/proc/self")
            let whole = try #require(try mirror.read("status", limit: 1 << 20))
            #expect(whole.count > 100)
            #expect(try mirror.read("status", limit: 100) == nil)
        }
    #endif
}
