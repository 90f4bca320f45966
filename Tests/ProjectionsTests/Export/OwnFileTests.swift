import EventLog
import EventLogSQLite
import Foundation
import Testing

@testable import Projections

@Suite("Files of Ambit's own, which no output replaces")
struct OwnFileTests {
    private let folder: TestFolder
    private let files = FileManager.default

    /// A folder as a replica's and an agenda's together: its files hold what such files hold.
    init() throws {
        folder = try TestFolder()
        try files.createDirectory(atPath: folder.file("eigen"), withIntermediateDirectories: true)
        let key = LogKey.generate(origin: "test.example/agendas/proef")
        let identity = LogIdentity(origin: key.origin, verifierKey: key.verifier)
        try SQLiteLogStore.create(at: own("log.sqlite"), identity: identity).close()
        try StateFile(at: own("state.sqlite")).close()
        for (name, text) in [
            ("log.key", "ambit-log-key/v1\nAAAA\n"), ("log.seen", "ambit-log-seen/v1 1 2 - - - x\n"),
            ("token", "geheim\n"),
            ("device.key", "AAAA\n"), ("enrolment.json", "{}"),
        ] { try Data(text.utf8).write(to: URL(fileURLWithPath: own(name))) }
    }

    private func own(_ name: String) -> String { folder.file("eigen/\(name)") }

    private func refuses(_ path: String, sparing folders: [String] = []) throws -> Bool {
        do {
            try ExportFile.write(to: path, sparing: folders) { try Array("uitvoer".utf8).withUnsafeBufferPointer($0) }
            return false
        } catch let error as ProjectionError where error.code == .ownFile {
            return true
        }
    }

    private let names = [
        "log.sqlite", "log.sqlite-wal", "log.sqlite-shm", "log.sqlite-journal", "state.sqlite", "state.sqlite-wal",
        "log.sqlite.arriving", "log.sqlite.replacing", "log.sqlite.restoring", "log.sqlite.restoring-wal",
        "log.key",
        "log.seen", "token", "device.key", "enrolment.json", "sync.lock",
    ]

    @Test("By name, whether they are there or not, and through links of both kinds")
    func everyName() throws {
        let before = try files.contentsOfDirectory(atPath: folder.file("eigen")).sorted()
        for name in names {
            #expect(try refuses(own(name)), "\(name)")
            let link = folder.file("link-\(name)")
            try files.createSymbolicLink(atPath: link, withDestinationPath: "eigen/\(name)")
            #expect(try refuses(link), "a link to \(name)")
        }
        #expect(try files.contentsOfDirectory(atPath: folder.file("eigen")).sorted() == before)
        for name in before {
            let hard = folder.file("hard-\(name)")
            try files.linkItem(atPath: own(name), toPath: hard)
            #expect(try refuses(hard, sparing: [folder.file("eigen")]), "another name of \(name)")
        }
    }

    @Test("By what they hold, wherever they are and whatever they are called")
    func byContent() throws {
        for name in ["log.sqlite", "state.sqlite", "log.key", "log.seen"] {
            let copy = folder.file("kopie van \(name)")
            try files.copyItem(atPath: own(name), toPath: copy)
            #expect(try refuses(copy), "\(name)")
        }
    }

    @Test("What SQLite takes for a part of a database of Ambit's, wherever that is, and whether it is there or not")
    func parts() throws {
        let real = folder.file("l5.echt.sqlite")
        try files.moveItem(atPath: own("log.sqlite"), toPath: real)
        try files.createSymbolicLink(atPath: own("log.sqlite"), withDestinationPath: "../l5.echt.sqlite")
        for suffix in ["-wal", "-shm", "-journal"] {
            #expect(try refuses(real + suffix, sparing: [folder.file("eigen")]), "\(suffix)")
            #expect(!files.fileExists(atPath: real + suffix))
        }
        #expect(try !refuses(folder.file("van-wie-dan-ook.sqlite-wal")))
    }

    @Test("All that is in a mirror, however the way there is written")
    func mirror() throws {
        let mirror = folder.file("spiegel")
        try files.createDirectory(atPath: "\(mirror)/tile/entries/000.p", withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: "\(mirror)/.mirror.lock"))
        try files.createSymbolicLink(atPath: folder.file("tegels"), withDestinationPath: "spiegel/tile/entries")
        let names = ["checkpoint", ".erased", ".mirror.lock", "tile/entries/000.p/88"]
        for path in names.map({ "\(mirror)/\($0)" }) + [folder.file("tegels/000"), folder.file("tegels/../0")] {
            #expect(try refuses(path), "\(path)")
        }
        #expect(try !refuses("\(mirror)/../checkpoint"))
    }

    @Test("What the command reads, by whatever name, but for devices and pipes")
    func inputs() throws {
        let (input, link) = (folder.file("bron.ndjson"), folder.file("een-link"))
        try Data("bron".utf8).write(to: URL(fileURLWithPath: input))
        try files.createSymbolicLink(atPath: link, withDestinationPath: "bron.ndjson")
        for (output, read) in [(input, input), (link, input), (input, link)] {
            let error = #expect(throws: ProjectionError.self) {
                try ExportFile.write(to: output, keeping: [read]) {
                    try Array("uitvoer".utf8).withUnsafeBufferPointer($0)
                }
            }
            #expect(error?.code == .ownFile)
            #expect(throws: ProjectionError.self) { try ExportFile.check(output, keeping: [read]) }
        }
        #expect(try String(contentsOfFile: input, encoding: .utf8) == "bron")
        try ExportFile.check("/dev/null", keeping: ["/dev/null"])
        try ExportFile.check(folder.file("uitvoer"), keeping: [input, folder.file("is-er-niet")])
    }

    @Test("Everything else is written")
    func others() throws {
        for name in ["log.sqlite", "token", "uitvoer.json"] {
            #expect(try !refuses(folder.file(name)), "\(name) elsewhere")
        }
        #expect(try !refuses(own("uitvoer.json"), sparing: [folder.file("eigen")]))
        #expect(try !refuses("/dev/null"))
    }
}
