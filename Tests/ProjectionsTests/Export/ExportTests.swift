import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import Testing

@testable import Projections

@Suite("Exports")
struct ExportTests {
    let folder: TestFolder
    let log: TestLog
    let file: StateFile

    init() throws {
        folder = try TestFolder()
        log = try TestLog()
        file = try folder.stateFile()
        log.record("note.added", "note/zzzzzz-1", #"{"about":"project/x","text":"Zegt \"ja\"\\\n"}"#)
        log.record("member.joined", "member/aaaaaa-1", #"{"name":"Iemand","role":"editor"}"#)
        try log.fill(450, seed: 31)
        try file.catchUp(with: log.store)
    }

    private func ndjson(_ log: TestLog, _ size: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try Export.ndjson(of: log.store, upTo: LogSize(size)) { bytes += $0 }
        return bytes
    }

    private func json(
        at size: LogSize? = nil,
        personal: PersonalFields.Treatment = .included,
        in workspace: FoldedState.Workspace = FoldedState.Workspace()
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let size = size ?? log.size
        let state = try FoldedState(of: log.store, at: size, in: workspace)
        let manifest = try Manifest(of: log.store, at: size, digest: state.digest())
        try Export.json(of: state, with: manifest, personal: personal) { bytes += $0 }
        return bytes
    }

    @Test("An exported log, taken in again, has the same root and the same digest", arguments: [0, 1, 256, 300, 452])
    func importing(size: Int) throws {
        let bytes = try ndjson(log, size)
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
        #expect(lines.count == size)
        #expect(bytes.isEmpty || bytes.last == UInt8(ascii: "\n"))
        let copy = try TestLog()
        try copy.commit(lines, at: Timestamp(millisecondsSince1970: log.now))
        for log in [log, copy] { try log.seal() }
        let at = LogSize(size)
        #expect(try TimeTravel.root(of: copy.store, at: at) == TimeTravel.root(of: log.store, at: at))
        let digests = try [log, copy].map { try TimeTravel.digest(of: TimeTravel.state(of: $0.store, at: at)) }
        #expect(digests[0] == digests[1])
    }

    @Test("A size has the same bytes before and after the log grows and is sealed, in memory and in a file")
    func deterministic() throws {
        let (size, log0, json0) = (log.size, try ndjson(log, 452), try json())
        let beside = FoldedState.Workspace(in: folder.path, memory: ByteCount(0), batch: 100)
        #expect(try json(in: beside) == json0)
        #expect(try json(personal: .leftOut, in: beside) == json(personal: .leftOut))
        try log.fill(300, seed: 32)
        try log.seal()
        try file.catchUp(with: log.store)
        #expect(try ndjson(log, 452) == log0)
        #expect(try json(at: size) == json0)
        #expect(try json() != json0)
    }

    @Test("The JSON can be read by others and holds every document, the digest and the root")
    func readable() throws {
        let object = try JSONSerialization.jsonObject(with: Data(json())) as? [String: Any]
        let export = try #require(object)
        #expect(export["format"] as? String == "ambit-state/1")
        #expect(export["origin"] as? String == "log.example/agendas/assen")
        #expect(export["size"] as? Int == 452)
        #expect(try export["root"] as? String == TimeTravel.root(of: log.store, at: log.size).base64)
        #expect(try export["digest"] as? String == file.digest().description)
        #expect(export["software"] == nil)
        #expect(export["personalFields"] as? Bool == true)
        let documents = try #require(export["documents"] as? [String: Any])
        let count = try file.read { try $0.count() }
        #expect(documents.count == count)
        #expect((documents["note/zzzzzz-1"] as? [String: Any])?["text"] as? String == "Zegt \"ja\"\\\n")
        let lines = try json().split(separator: UInt8(ascii: "\n")).dropFirst().dropLast()
        let subjects = lines.map { String(decoding: $0.split(separator: UInt8(ascii: "\""))[0], as: UTF8.self) }
        #expect(subjects == subjects.sorted())
    }

    @Test("An empty log can be exported")
    func empty() throws {
        let object = try JSONSerialization.jsonObject(with: Data(json(at: .zero))) as? [String: Any]
        #expect((object?["documents"] as? [String: Any])?.isEmpty == true)
        #expect(try ndjson(log, 0).isEmpty)
        #expect(throws: ProjectionError.self) { try ndjson(log, 453) }
    }

    @Test("The manifest has the signed checkpoint of that size, as long as the log has it")
    func manifest() throws {
        let digest = try file.digest()
        let manifest = try Manifest(of: log.store, at: log.size, digest: digest)
        let head = try log.store.head()
        #expect(manifest.checkpoint == head.checkpoint?.note)
        let object = try JSONSerialization.jsonObject(with: Data(manifest.json)) as? [String: Any]
        #expect(object?["checkpoint"] as? String == manifest.checkpoint)
        #expect(object?["digest"] as? String == digest.description)
        #expect(try Manifest(of: log.store, at: LogSize(451), digest: digest).checkpoint == nil)
    }

    @Test("What is public has no personal fields and nothing that the catalogue does not know")
    func personal() throws {
        try file.read(personal: .leftOut) { (view) throws in
            #expect(try text(view.document(of: "note/zzzzzz-1")) == #"{"about":"project/x"}"#)
            #expect(try view.document(of: "member/aaaaaa-1") == nil)
            #expect(try view.registers(of: "member/aaaaaa-1").isEmpty)
            #expect(try view.documents(kind: "member", after: nil, limit: 10).isEmpty)
            #expect(try view.conflicts().allSatisfy { $0.register.path != "/text" })
            try view.forEachDocument(kind: "gadget") { _, document in
                #expect(document == Array("{}".utf8))
                return true
            }
            #expect(try view.digest() == file.digest())
        }
        #expect(try file.conflicts().contains { $0.register.path == "/text" })
        let exported = String(decoding: try json(personal: .leftOut), as: UTF8.self)
        #expect(!exported.contains("Iemand") && !exported.contains("\"text\"") && !exported.contains("member/"))
        #expect(exported.contains("\"personalFields\":false"))
        #expect(!exported.contains("\"digest\"") && !exported.contains("\"root\""))
    }

    @Test("A file is there whole or not at all")
    func files() throws {
        let path = folder.file("export.json")
        try ExportFile.write(to: path) { write in try json().withUnsafeBufferPointer(write) }
        let first = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(try Array(first) == json())
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try ExportFile.write(to: path) { write in
                try Array("half".utf8).withUnsafeBufferPointer(write)
                throw Stop()
            }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == first)
        #expect(try folder.names.filter { $0.contains("export") } == ["export.json"])
        let error = #expect(throws: ProjectionError.self) {
            try ExportFile.write(to: folder.file("nowhere/export.json")) { _ in }
        }
        #expect(error?.code == .inputOutput)
    }
}
