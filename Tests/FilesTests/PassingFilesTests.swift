import Files
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Files in the making")
struct PassingFilesTests {
    #if os(Linux)
        @Test("What is in the making is gone where the process ends, and what is made stays as it is")
        func ended() async {
            await #expect(processExitsWith: .exitCode(7)) {
                let folder = try TestFolder()
                folder.put("old", "kept")
                try AtomicFile(folder.path("done")).write([1])
                let passing = try TemporaryFolder(in: folder.path)
                try AtomicFile("\(passing.path)/inner").write([1])
                try AtomicFile(folder.path("kept")).write { append in
                    try Array("new".utf8).withUnsafeBufferPointer(append)
                    let count = try folder.names.count
                    guard count == 4, FileManager.default.fileExists(atPath: "\(passing.path)/inner") else { exit(1) }
                    PassingFiles.removeAll {
                        let isRight = (try? folder.names) == ["done", "kept"] && folder.text("kept") == "old"
                        try? FileManager.default.removeItem(atPath: folder.path)
                        _exit(isRight ? 7 : 2)
                    }
                }
            }
        }

        @Test("What is gone, or has its name, is not taken away at the end")
        func forgotten() async {
            await #expect(processExitsWith: .exitCode(7)) {
                let folder = try TestFolder()
                try AtomicFile(folder.path("made"), suffix: "new").write([1])
                // Somebody else's, of a name that was in the making here.
                folder.put("other", "made.new")
                try? AtomicFile(folder.path("no/such")).write([1])
                PassingFiles.removeAll {
                    let isRight = (try? folder.names) == ["made", "made.new"]
                    try? FileManager.default.removeItem(atPath: folder.path)
                    _exit(isRight ? 7 : 2)
                }
            }
        }
    #endif
}
