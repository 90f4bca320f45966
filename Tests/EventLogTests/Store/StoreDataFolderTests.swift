import AgendaModel
import EventLog
import EventLogSQLite
import EventLogTesting
import Files
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("A server's data folder")
struct StoreDataFolderTests {
    private let folder: TemporaryFolder
    private let data: DataFolder
    private let key = LogKey.generate(origin: "example.org/agendas/assen")

    init() throws {
        folder = try TemporaryFolder()
        data = DataFolder(at: folder.path("data"))
    }

    private func expect(_ code: LogError.Code, _ body: () throws -> Void) {
        let error = #expect(throws: LogError.self, performing: body)
        #expect(error?.code == code, "\(error?.message ?? "")")
    }

    private func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    @Test("an agenda is made with its key, listed and opened")
    func creating() throws {
        let made = try data.create("assen", key: key)
        #expect(made.store.identity == LogIdentity(origin: key.origin, verifierKey: key.verifier))
        try made.store.close()
        _ = try data.create("drenthe-2", key: LogKey.generate(origin: "example.org/agendas/drenthe-2"))
        #expect(try data.list() == ["assen", "drenthe-2"])
        let opened = try data.open("assen")
        #expect(opened.key.seed == key.seed && opened.key.verifier == key.verifier)
        #expect(opened.statePath == folder.path("data/agendas/assen/state.sqlite"))
        let keyPath = folder.path("data/agendas/assen/log.key")
        #expect(try FileManager.default.attributesOfItem(atPath: keyPath)[.posixPermissions] as? Int == 0o600)
    }

    @Test("the folder says when something in it was changed last: itself, an agenda, or a file of one")
    func lastChange() throws {
        #expect(data.lastChange() == nil)
        try data.create("assen", key: key).store.close()
        let agenda = folder.path("data/agendas/assen")
        let paths = try names(in: agenda).map { "\(agenda)/\($0)" }
        let all = [folder.path("data"), folder.path("data/agendas"), agenda] + paths
        func set(_ seconds: Int, _ path: String) throws {
            let date = Date(timeIntervalSince1970: TimeInterval(seconds))
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        }
        for path in all {
            for other in all { try set(1_500_000_000, other) }
            #expect(data.lastChange()?.millisecondsSince1970 == 1_500_000_000_000)
            try set(1_600_000_000, path)
            #expect(data.lastChange()?.millisecondsSince1970 == 1_600_000_000_000, "\(path)")
        }
    }

    @Test(
        "a laptop's copy of an agenda becomes no data folder and no witness's, and stays as it is",
        arguments: ["log.sqlite", "token", "device.key", "enrolment.json"]
    )
    func replica(_ name: String) async throws {
        let path = folder.path("laptop")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try Data().write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        let replica = DataFolder(at: path)
        expect(.alreadyExists) { _ = try replica.create("assen", key: key) }
        expect(.alreadyExists) { _ = try WitnessFolder.create(at: path, name: "witness.voorbeeld.nl") }
        let importing = await #expect(throws: LogError.self) {
            try await replica.importing("assen", key: key) { _, _ in }
        }
        #expect(importing?.code == .alreadyExists)
        #expect(try names(in: path) == [name])
        // Without it, each can be made.
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
        _ = try WitnessFolder.create(at: path, name: "witness.voorbeeld.nl")
        try replica.create("assen", key: key).store.close()
    }

    @Test("a folder into which nobody can look is listed, and who opens it is told why")
    func unreadable() throws {
        try data.create("assen", key: key).store.close()
        // It leads to itself: as little can be told of it as of a folder that belongs to somebody else.
        let path = folder.path("data/agendas/borger")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
        #expect(try data.list() == ["assen", "borger"])
        #expect(throws: LogError.self) { _ = try data.open("borger") }
        // These are no agendas.
        try Data().write(to: URL(fileURLWithPath: folder.path("data/agendas/coevorden")))
        try FileManager.default.createDirectory(
            atPath: folder.path("data/agendas/dalen"),
            withIntermediateDirectories: false
        )
        #expect(try data.list() == ["assen", "borger"])
    }

    @Test("a name that is taken stays with what has it")
    func taken() throws {
        try data.create("assen", key: key).store.close()
        expect(.alreadyExists) {
            _ = try data.create("assen", key: LogKey.generate(origin: "example.org/agendas/other"))
        }
        #expect(try data.open("assen").key.seed == key.seed)
        #expect(try names(in: folder.path("data/agendas")) == ["assen"])
    }

    @Test(
        "odd names are no agenda's",
        arguments: [
            "", "..", ".", "../assen", "a/b", "/etc", "Assen", "assen ", "a.b", "-h", "a-", "é",
            String(repeating: "a", count: 64),
        ]
    )
    func oddNames(_ name: String) { #expect(AgendaName(rawValue: name) == nil) }

    @Test("a name with a control character is no name")
    func controlCharacters() {
        // Not arguments: they would end up in the test's output.
        for name in ["a\0b", "a\nb", "a\u{7F}"] { #expect(!AgendaName.isValid(name)) }
    }

    @Test("what is missing is said to be missing")
    func missing() throws {
        expect(.notFound) { _ = try data.list() }
        expect(.notFound) { _ = try data.open("assen") }
        let far = DataFolder(at: folder.path("no/such/place"))
        expect(.notFound) { _ = try far.create("assen", key: key) }
        try data.create("assen", key: key).store.close()
        expect(.notFound) { _ = try data.open("drenthe") }
        try FileManager.default.removeItem(atPath: folder.path("data/agendas/assen/log.key"))
        expect(.notFound) { _ = try data.open("assen") }
    }

    @Test("what is no folder holds no agendas, and that is said")
    func noFolder() throws {
        try Data().write(to: URL(fileURLWithPath: folder.path("data")))
        expect(.notFound) { _ = try data.list() }
    }

    @Test("a key that is another log's, open to others or no key is refused")
    func wrongKeys() throws {
        try data.create("assen", key: key).store.close()
        let other = DataFolder(at: folder.path("other"))
        try other.create("assen", key: LogKey.generate(origin: key.origin)).store.close()
        let path = folder.path("data/agendas/assen/log.key")
        let good = try SecretFile.read(path)
        try SecretFile.write(
            try SecretFile.read(folder.path("other/agendas/assen/log.key")),
            at: path,
            replacing: true
        )
        expect(.badSignature) { _ = try data.open("assen") }
        for wrong in ["", "hello", good + "\n", good.replacing("v1", with: "v2"), String(good.dropLast(2)) + "\n"] {
            try SecretFile.write(wrong, at: path, replacing: true)
            expect(.malformed) { _ = try data.open("assen") }
        }
        try SecretFile.write(good, at: path, replacing: true)
        _ = try data.open("assen")
        chmod(path, 0o644)
        expect(.readOnly) { _ = try data.open("assen") }
    }

    @Test("leftovers of a creation that was interrupted are no agenda")
    func leftovers() throws {
        try data.create("assen", key: key).store.close()
        let leftover = folder.path("data/agendas/.new.drenthe.123")
        try FileManager.default.createDirectory(atPath: leftover, withIntermediateDirectories: true)
        #expect(try data.list() == ["assen"])
        _ = try data.create("drenthe", key: LogKey.generate(origin: "example.org/agendas/drenthe"))
        #expect(try data.list() == ["assen", "drenthe"])
    }

    @Test("a copy of an agenda under another name is listed, and not opened")
    func copied() throws {
        try data.create("assen", key: key).store.close()
        let copy = folder.path("data/agendas/kopie")
        try FileManager.default.copyItem(atPath: folder.path("data/agendas/assen"), toPath: copy)
        #expect(try data.list() == ["assen", "kopie"])
        expect(.badSignature) { _ = try data.open("kopie") }
        let identity = LogIdentity(origin: key.origin, verifierKey: key.verifier)
        expect(.badSignature) { _ = try data.beside("emmen", holding: identity) }
        try data.open("assen").store.close()
    }

    #if os(Linux)
        @Test("agendas that this user may not see are not taken for none")
        func unreadable() async throws {
            await #expect(processExitsWith: .success) {
                let folder = try TemporaryFolder()
                let path = folder.path("data")
                try FileManager.default.createDirectory(atPath: "\(path)/agendas", withIntermediateDirectories: true)
                chmod(folder.path, 0o755)
                chmod(path, 0)
                // Root may look everywhere.
                if geteuid() == 0 { precondition(seteuid(65_534) == 0) }
                do {
                    _ = try DataFolder(at: path).list()
                    exit(1)
                } catch let error as LogError {
                    guard error.code == .readOnly else { exit(2) }
                }
                _ = seteuid(0)
                chmod(path, 0o755)
            }
        }

        @Test("a folder that this user may not write is reported, and nothing is left")
        func readOnly() async throws {
            await #expect(processExitsWith: .success) {
                let folder = try TemporaryFolder()
                let data = DataFolder(at: folder.path)
                let key = LogKey.generate(origin: "example.org/agendas/assen")
                var generator = CommitGenerator(seed: 1)
                let path = folder.path("copy.sqlite")
                let made = try SQLiteLogStore.create(at: path, identity: generator.identity)
                _ = try made.append(generator.next(count: 3), expecting: .zero)
                try made.close()
                chmod(path, 0o444)
                chmod(folder.path, 0o555)
                // Root may write everywhere.
                if geteuid() == 0 { precondition(seteuid(65_534) == 0) }
                for attempt in [
                    { _ = try data.create("assen", key: key) },
                    {
                        // It can still be read.
                        let store = try SQLiteLogStore(at: path)
                        guard try store.head().size == LogSize(3) else { exit(4) }
                        _ = try store.append(generator.next(count: 1), expecting: LogSize(3))
                    },
                ] {
                    do {
                        try attempt()
                        exit(1)
                    } catch let error as LogError {
                        guard error.code == .readOnly else { exit(2) }
                    }
                }
                guard try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["copy.sqlite"] else {
                    exit(3)
                }
                _ = seteuid(0)
                chmod(folder.path, 0o755)
            }
        }
    #endif
}
