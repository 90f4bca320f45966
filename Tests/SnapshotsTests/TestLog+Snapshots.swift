import AgendaModel
import EventLog
import EventLogTesting

@testable import Snapshots

extension TestLog {
    func snapshot() throws -> Snapshot { try Snapshot(of: store, at: size) }

    /// The bytes of an archive of the tables.
    func archive(at size: LogSize) throws -> [UInt8] {
        var bytes: [UInt8] = []
        _ = try TablePackage.write(of: store, at: size) { bytes += $0 }
        return bytes
    }
}

extension Table {
    static func named(_ name: String) -> Table? { all.first { $0.name == name } }
}
