import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import LogClient
import SyncTesting
import Testing

@testable import SyncClient

@Suite("Mirrors of logs with erased entries")
struct MirrorErasingTests {
    /// A log of more than a bundle, with one entry in it that will be erased, and its mirror.
    private struct Rig {
        static let secret = "Jan Jansen"

        let agenda: Erasing
        let admin: Replica
        let transport: ChangingTransport
        let position: Int
        var folder: String { agenda.folder.file("spiegel") }

        static func run(others: Int = 300, _ test: @Sendable (Rig) async throws -> Void) async throws {
            try await Erasing.run { agenda in
                let admin = try await agenda.clone("beheerder")
                try admin.record(type: "project.started", data: #"{"title":"Verzonnen: \#(secret)"}"#)
                for index in 0..<others {
                    try admin.record(type: "organisation.registered", data: #"{"name":"Organisatie \#(index)"}"#)
                }
                _ = try await agenda.sync(admin)
                let rig = Rig(
                    agenda: agenda,
                    admin: admin,
                    transport: ChangingTransport(agenda.transport),
                    position: try agenda.position(of: secret)
                )
                try await rig.mirror()
                #expect(rig.hasSecret)
                try await test(rig)
            }
        }

        @discardableResult
        func mirror() async throws -> MirrorSummary {
            try await Mirror(
                to: folder,
                key: agenda.store.identity.verifierKey,
                token: admin.files.readToken(),
                retries: .none
            ).run(over: transport)
        }

        func redact() async throws {
            try agenda.redact(position, on: admin)
            #expect(try await agenda.sync(admin).refused == 0)
        }

        /// Whether any file of the mirror has what was erased.
        var hasSecret: Bool {
            let files = FileManager.default.enumerator(atPath: folder)
            return (files?.allObjects as? [String] ?? []).contains { file in
                FileManager.default.contents(atPath: "\(folder)/\(file)")?.firstRange(of: Data(Self.secret.utf8)) != nil
            }
        }

        /// That the folder has what the server has now.
        func expectMirror(_ location: SourceLocation = #_sourceLocation) throws {
            let store = try agenda.store
            let tiles = LogTiles(of: store)
            for content in [.entries, .hashes(level: 0), .hashes(level: 1)] as [Tile.Content] {
                for tile in Tile.all(content, at: try store.head().size) {
                    let file = FileManager.default.contents(atPath: "\(folder)/\(tile.path)").map(Array.init)
                    #expect(try file == tiles.bytes(of: tile), "\(tile.path)", sourceLocation: location)
                }
            }
            #expect(!hasSecret, sourceLocation: location)
        }
    }

    @Test("What was erased goes from the mirror, from a full bundle and from partial ones", arguments: [300, 10])
    func erased(others: Int) async throws {
        try await Rig.run(others: others) { rig in
            try await rig.redact()
            let summary = try await rig.mirror()
            #expect(summary.added == 1 && summary.erased == (others > 255 ? 1 : 0) && summary.unerased == 0)
            try rig.expectMirror()
            #expect(!FileManager.default.fileExists(atPath: "\(rig.folder)/.erased"))
            #expect(try await rig.mirror().erased == 0)
        }
    }

    @Test("Interrupted before the bundle came again, the next run goes on with it")
    func interrupted() async throws {
        try await Rig.run { rig in
            try await rig.redact()
            rig.transport.change { path, answer in
                guard path != "/tile/entries/000" else { throw LogClientError(.cut, "as planned") }
                return answer
            }
            let error = await #expect(throws: LogClientError.self) { try await rig.mirror() }
            #expect(error?.code == .cut && rig.hasSecret)
            rig.transport.change { $1 }
            let summary = try await rig.mirror()
            #expect(summary.added == 0 && summary.erased == 1 && summary.unerased == 0)
            try rig.expectMirror()
        }
    }

    @Test("Where the source still has the entry, that is said and stays due")
    func late() async throws {
        try await Rig.run { rig in
            let whole = try LogTiles(of: rig.agenda.store).bytes(of: Tile(.entries, index: 0))
            try await rig.redact()
            rig.transport.change { path, answer in path == "/tile/entries/000" ? whole : answer }
            for _ in 0..<2 {
                let summary = try await rig.mirror()
                #expect(summary.erased == 0 && summary.unerased == 1 && rig.hasSecret)
            }
            rig.transport.change { $1 }
            #expect(try await rig.mirror().erased == 1)
            try rig.expectMirror()
        }
    }

    @Test("A tombstone with another leaf is not let in")
    func forged() async throws {
        try await Rig.run { rig in
            try await rig.redact()
            rig.transport.change { path, answer in
                guard path == "/tile/entries/000", let leaf = answer.firstRange(of: Array(#","leaf":""#.utf8)) else {
                    return answer
                }
                var changed = answer
                changed[leaf.upperBound + 1] = changed[leaf.upperBound + 1] == 0x41 ? 0x42 : 0x41
                return changed
            }
            let error = await #expect(throws: LogClientError.self) { try await rig.mirror() }
            #expect(error?.code == .tampered && rig.hasSecret)
        }
    }

    @Test("A tombstone that no redaction asks for is not let in, and nothing is written", arguments: [5, 500])
    func unjustified(redaction: Int) async throws {
        try await Rig.run { rig in
            // A new entry, which the server says it has erased.
            let store = try rig.agenda.store
            let before = try store.head().size.rawValue
            try rig.admin.record(type: "project.started", data: #"{"title":"Warmtenet"}"#)
            _ = try await rig.agenda.sync(rig.admin)
            let entry = Array(try store.entries(Position(before)..<Position(before + 1)).dropLast())
            let tombstone = try entry.withUnsafeBufferPointer {
                try ErasedEntry.replacement(of: $0, redaction: Position(redaction))
            }
            let (old, new) = ([entry, tombstone].map { [UInt8($0.count >> 8), UInt8($0.count & 0xFF)] + $0 }).pair
            rig.transport.change { path, answer in
                guard path.hasPrefix("/tile/entries"), let range = answer.firstRange(of: old) else { return answer }
                return answer[..<range.lowerBound] + new + answer[range.upperBound...]
            }
            let error = await #expect(throws: LogClientError.self) { try await rig.mirror() }
            #expect(error?.code == .tampered)
            rig.transport.change { $1 }
            #expect(try await rig.mirror().added == 1)
        }
    }

    @Test("Evidence is made of the redaction, and not of what is left of an entry")
    func evidence() async throws {
        try await Rig.run(others: 1) { rig in
            try await rig.redact()
            let store = try rig.agenda.store
            let error = #expect(throws: LogError.self) { try Evidence(of: Position(rig.position), in: store) }
            let redaction = Position(try rig.agenda.position(of: "entry.redacted"))
            #expect(error?.code == .notFound && error?.message.contains("entry \(redaction)") == true)
            _ = try Evidence(of: redaction, in: store)
        }
    }
}

extension [[UInt8]] {
    fileprivate var pair: ([UInt8], [UInt8]) { (self[0], self[1]) }
}
