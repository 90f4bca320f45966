internal import AgendaModel
internal import EventLogSQLite

/// An event as it stands in the outbox.
package struct StoredEvent: Hashable, Sendable {
    /// The device's counter.
    package var id: Int
    /// Its line, without newline.
    package var bytes: [UInt8]
    /// Whether what is stored is not what was recorded: a disk changed it, or somebody did.
    package var isDamaged: Bool
}

extension StoredEvent {
    /// All events in the outbox of a replica, as `Replica.storedEvents` gives them; also where its log is too damaged to be
    /// opened.
    ///
    /// - Parameter folder: the replica's.
    /// - Returns: the events.
    /// - Throws: `ReplicaError`.
    package static func all(in folder: String) throws(ReplicaError) -> [StoredEvent] {
        do throws(ReplicaError) {
            let replica = try Replica(opening: folder)
            defer { replica.close() }
            return try replica.storedEvents()
        } catch {
            guard [.corrupt, .badCheckpoint].contains(error.code),
                let lines = try? LogFile(reading: ReplicaFolder(folder).log).storedLines()
            else { throw error }
            return events(in: lines)
        }
    }

    /// Signatures on what is in the log are left out.
    static func events(in lines: [Outbox.StoredLine]) -> [StoredEvent] {
        lines.filter { $0.isDamaged || !$0.isSignature }.map { line in
            StoredEvent(id: line.counter.rawValue, bytes: line.bytes, isDamaged: line.isDamaged)
        }
    }
}
