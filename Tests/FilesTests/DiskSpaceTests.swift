import Foundation
import SystemPackage
import Testing

@testable import Files

@Suite("What there is on disks")
struct DiskSpaceTests {
    @Test(
        "Whether there is room is found out by writing, and nothing of that stays",
        arguments: [
            (Errno.noSpace, false), (.diskQuotaExceeded, false), (.ioError, true), (.permissionDenied, true),
            (.readOnlyFileSystem, true),
        ]
    )
    func room(error: Errno, isThere: Bool) throws {
        let folder = try TestFolder()
        let sound = BrokenCalls()
        #expect(DiskSpace.hasRoom(in: folder.path, calls: sound.calls))
        #expect(sound.made.contains("write"))
        for (number, name) in sound.made.enumerated() where name != "unlink" {
            let broken = BrokenCalls(failing: number, with: .error(error))
            #expect(DiskSpace.hasRoom(in: folder.path, calls: broken.calls) == isThere, "\(name)")
        }
        #expect(try folder.names.isEmpty)
    }

    @Test("Want of room is told from other failures by the system's number")
    func numbers() {
        for number in [Errno.noSpace, .diskQuotaExceeded, .fileTooLarge] {
            #expect(FileError(wantOfRoom: number.rawValue, at: "/verzonnen")?.code == .diskFull)
        }
        for number in [0, Errno.ioError.rawValue, Errno.permissionDenied.rawValue, Errno.fileExists.rawValue] {
            #expect(FileError(wantOfRoom: number, at: "/verzonnen") == nil)
        }
    }

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
