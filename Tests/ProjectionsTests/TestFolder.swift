import AgendaModel
import EventLog
import EventLogTesting
import Foundation

@testable import Projections

/// A folder that goes when the test is over.
final class TestFolder {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ambit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func stateFile(_ name: String = "state.sqlite") throws -> StateFile { try StateFile(at: file(name)) }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }
}

/// Everything that a state file can tell, for comparing files.
struct Contents: Equatable {
    var size: LogSize
    var documents: [String: String] = [:]
    var registers: [String: [Register]] = [:]
    var conflicts: [Conflict]
    var conflictCount: Int
    var history: [String: [Position]] = [:]
    var digest: Hash

    init(of file: StateFile, log: TestLog) throws {
        let log = log.store
        self = try file.read { (view) throws in
            var contents = Contents(
                size: view.size,
                conflicts: try view.conflicts(),
                conflictCount: try view.conflictCount(),
                digest: try view.digest()
            )
            try view.forEachDocument(kind: nil) { subject, document in
                contents.documents[subject] = String(decoding: document, as: UTF8.self)
                contents.registers[subject] = try view.registers(of: subject)
                contents.history[subject] = try view.history(of: subject, in: log)
                return true
            }
            return contents
        }
    }

    private init(size: LogSize, conflicts: [Conflict], conflictCount: Int, digest: Hash) {
        (self.size, self.conflicts, self.conflictCount, self.digest) = (size, conflicts, conflictCount, digest)
    }
}

func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

extension StateView {
    /// The first conflicts, as many as are wanted at most.
    func conflictPage(
        kind: String? = nil,
        subject: String? = nil,
        after: ConflictPlace? = nil,
        limit: Int
    ) throws -> [Conflict] {
        var found: [Conflict] = []
        try forEachConflict(kind: kind, subject: subject, after: after) { conflict in
            found.append(conflict)
            return found.count < limit
        }
        return found
    }
}
