import Files
import Foundation
import SystemPackage
import Testing

@Suite("A file is there whole or not at all")
struct AtomicFileTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// The ways in which Ambit writes files.
    enum Way: CaseIterable {
        case replacing, new, mirrored

        func write(_ text: String, at path: String, _ broken: BrokenCalls) throws {
            let bytes = Array(text.utf8)
            switch self {
            case .replacing: try AtomicFile(path, calls: broken.calls).write(bytes)
            case .new: try AtomicFile(path, replaces: false, calls: broken.calls).write(bytes)
            case .mirrored:
                try AtomicFile(path, for: .everybody, suffix: "new", calls: broken.calls).write(bytes)
            }
        }

        /// What may stand there before.
        var former: String? { self == .new ? nil : "former" }
    }

    @Test(
        "Whichever call fails, what was there stays or the whole takes its place, and nothing is beside it",
        arguments: Way.allCases
    )
    func everyCallFails(_ way: Way) throws {
        let sound = BrokenCalls()
        try way.write("sound", at: folder.path("sound"), sound)
        for (error, code) in [
            (Errno.noSpace, FileError.Code.diskFull), (.permissionDenied, .readOnly), (.readOnlyFileSystem, .readOnly),
            (.ioError, .inputOutput),
        ] {
            for number in sound.made.indices where sound.made[number] != "unlink" {
                let call = sound.made[number]
                let name = "file-\(error.rawValue)-\(number)"
                if let former = way.former { folder.put(former, name) }
                let broken = BrokenCalls(failing: number, with: .error(error))
                let thrown = #expect(throws: FileError.self, "\(call)") {
                    try way.write("whole", at: folder.path(name), broken)
                }
                #expect(thrown?.code == code, "\(call)")
                #expect(folder.text(name) == (call == "syncFolder" ? "whole" : way.former), "\(call)")
                #expect(try folder.names.filter { $0.hasPrefix("\(name).") }.isEmpty, "\(call)")
            }
        }
    }

    @Test(
        "Wherever it is cut off, the file is the former or the whole, and can be written again",
        arguments: Way.allCases
    )
    func cutOff(_ way: Way) throws {
        let sound = BrokenCalls()
        try way.write("sound", at: folder.path("sound"), sound)
        for number in sound.made.indices {
            let name = "file-\(number)"
            if let former = way.former { folder.put(former, name) }
            #expect(throws: FileError.self) {
                try way.write("whole", at: folder.path(name), BrokenCalls(failing: number, with: .cut))
                // Taking the other name away is tidiness, and no failure.
                if sound.made[number] == "unlink" { throw FileError(.inputOutput, "") }
            }
            let isThere = sound.made[..<number].contains { $0 == "rename" || $0 == "link" }
            #expect(folder.text(name) == (isThere ? "whole" : way.former), "\(sound.made[number])")
            guard way != .new || !isThere else { continue }
            try way.write("again", at: folder.path(name), BrokenCalls())
            #expect(folder.text(name) == "again")
        }
    }

    @Test("The content is on the disk before the name is given, and the name before the call returns")
    func order() throws {
        let replacing = BrokenCalls()
        try AtomicFile(folder.path("one"), calls: replacing.calls).write([1, 2, 3])
        #expect(replacing.made == ["create", "setPermissions", "write", "sync", "close", "rename", "syncFolder"])
        let new = BrokenCalls()
        try AtomicFile(folder.path("two"), replaces: false, calls: new.calls).write([1, 2, 3])
        #expect(new.made == ["create", "setPermissions", "write", "sync", "close", "link", "unlink", "syncFolder"])
    }

    @Test("Writes that take a byte at a time lose none")
    func shortWrites() throws {
        let text = String(repeating: "Verzonnen. ", count: 40)
        let calls = BrokenCalls(shortWrites: true).calls
        try AtomicFile(folder.path("file"), calls: calls).write(Array(text.utf8))
        #expect(folder.text("file") == text)
    }

    @Test("Where the body throws, what was there stays")
    func bodyThrows() throws {
        struct Stop: Error {}
        folder.put("former", "file")
        #expect(throws: Stop.self) {
            try AtomicFile(folder.path("file")).write { append in
                try Array("half".utf8).withUnsafeBufferPointer(append)
                throw Stop()
            }
        }
        #expect(folder.text("file") == "former")
        #expect(try folder.names == ["file"])
    }

    @Test(
        "A link in the file's place, or beside it, is replaced; what it leads to is not touched",
        arguments: Way.allCases
    )
    func links(_ way: Way) throws {
        folder.put("elsewhere", "target")
        // Where a mirror's next file would be written.
        try FileManager.default.createSymbolicLink(atPath: folder.path("file.new"), withDestinationPath: "target")
        try FileManager.default.createSymbolicLink(atPath: folder.path("file"), withDestinationPath: "target")
        if way == .new {
            let thrown = #expect(throws: FileError.self) {
                try way.write("whole", at: folder.path("file"), BrokenCalls())
            }
            #expect(thrown?.code == .alreadyExists)
            #expect(folder.text("file") == "elsewhere")
        } else {
            try way.write("whole", at: folder.path("file"), BrokenCalls())
            #expect(folder.text("file") == "whole")
            let type = try FileManager.default.attributesOfItem(atPath: folder.path("file"))[.type]
            #expect(type as? FileAttributeType == .typeRegular)
        }
        #expect(folder.text("target") == "elsewhere")
    }

    @Test("A link that leads nowhere is something, and what it would lead to is not made")
    func danglingLink() throws {
        try FileManager.default.createSymbolicLink(atPath: folder.path("file"), withDestinationPath: "nowhere")
        #expect(FileEntry(folder.path("file")).exists)
        for attempt in [
            { try AtomicFile(folder.path("file"), replaces: false).write([1]) },
            { try FileEntry(folder.path("file")).create() },
        ] {
            let thrown = #expect(throws: FileError.self, performing: attempt)
            #expect(thrown?.code == .alreadyExists)
        }
        #expect(try folder.names == ["file"])
    }

    @Test("A private file is its owner's, and a mirror's everybody's")
    func modes() throws {
        try AtomicFile(folder.path("private")).write([1])
        try AtomicFile(folder.path("mirrored"), for: .everybody, suffix: "new").write([1])
        #expect(try folder.mode("private") == 0o600)
        // The process's mask may take rights away, and gives none.
        let mode = try #require(try folder.mode("mirrored"))
        #expect(mode & ~0o644 == 0 && mode & 0o600 == 0o600)
    }

    #if os(Linux)
        @Test("A mask that takes the owner's own rights away does not lock the owner out")
        func mask() async throws {
            await #expect(processExitsWith: .success) {
                let folder = try TestFolder()
                _ = umask(0o777)
                try AtomicFile(folder.path("private")).write([1])
                guard try folder.mode("private") == 0o600 else { exit(1) }
            }
        }

        @Test("A file that may not grow, and a folder that this user may not write, are reported, and nothing is left")
        func realObstacles() async throws {
            await #expect(processExitsWith: .success) {
                let folder = try TestFolder()
                folder.put("former", "file")
                // As a disk that is full in the middle of a write.
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
                guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(1) }
                do {
                    try AtomicFile(folder.path("file")).write([UInt8](repeating: 0, count: 10_000))
                    exit(2)
                } catch let error as FileError {
                    guard error.code == .diskFull || error.code == .inputOutput else { exit(3) }
                }
                chmod(folder.path, 0o555)
                // Root may write everywhere.
                if geteuid() == 0 { precondition(seteuid(65_534) == 0) }
                do {
                    try AtomicFile(folder.path("file")).write([1])
                    exit(4)
                } catch let error as FileError {
                    guard error.code == .readOnly else { exit(5) }
                }
                _ = seteuid(0)
                chmod(folder.path, 0o755)
                guard folder.text("file") == "former", try folder.names == ["file"] else { exit(6) }
            }
        }
    #endif
}
