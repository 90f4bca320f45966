import Files
import Foundation
import Testing

@Suite("What there is on disks")
struct DiskSpaceTests {
    #if os(Linux)
        @Test("A disk is read-only where the system says so, also for a file that is not there")
        func readOnly() throws {
            let bytes = try #require(try ReadableFile("/proc/self/mounts").contents(upTo: 1 << 20))
            var mounts: [(path: String, isReadOnly: Bool)] = []
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                let words = line.split(separator: " ").map(String.init)
                guard words.count > 3 else { continue }
                let path = words[1]
                // What is mounted over others hides them.
                mounts.removeAll { $0.path == path || $0.path.hasPrefix(path == "/" ? path : "\(path)/") }
                mounts.append((path, words[3].split(separator: ",").contains("ro")))
            }
            let seen = mounts.filter { FileManager.default.isExecutableFile(atPath: $0.path) }
            #expect(!seen.isEmpty)
            for mount in seen {
                #expect(DiskSpace.isReadOnly(at: mount.path) == mount.isReadOnly, "\(mount.path)")
                let missing = "\(mount.path == "/" ? "" : mount.path)/not-there"
                #expect(DiskSpace.isReadOnly(at: missing) == mount.isReadOnly, "\(missing)")
            }
            #expect(!DiskSpace.isReadOnly(at: "/no/such/folder/at/all"))
        }
    #endif
}
