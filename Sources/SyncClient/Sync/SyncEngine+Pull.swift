internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import LogClient
internal import Projections
internal import SyncProtocol

extension SyncEngine {
    mutating func pull(after: LogSize, limit: Int) async throws -> SyncMachine.Extent {
        let response = try await transport.send(requests.pull(after: after, limit: limit))
        try await response.check(status: 200, type: ProtocolConstants.members)
        var reader = SegmentMemberReader()
        var ready: [Segment] = []
        do {
            while let piece = try await response.next() {
                let members = try piece.withUnsafeBufferPointer { try reader.receive($0) }
                for member in members {
                    if let segment = try receiver.receive(member, limit: after + limit) {
                        ready.append(segment)
                    }
                }
                guard ready.count >= Self.segmentsPerTransaction else { continue }
                try stage(&ready)
                report(.pulling(size: receiver.size, of: target ?? after + limit))
            }
        } catch {
            // What arrived whole is kept.
            try stage(&ready)
            guard let damage = error as? LogError else { throw error }
            receiver = try PullReceiver(continuing: store)
            throw LogClientError.damaged(damage.message)
        }
        try stage(&ready)
        guard reader.isAtMemberBoundary else {
            throw LogClientError(.cut, "the answer ended in the middle of the entries")
        }
        guard receiver.size > after else {
            throw LogClientError.damaged("it holds none of the entries that were asked for")
        }
        report(.pulling(size: receiver.size, of: target ?? after + limit))
        return receiver.extent
    }

    /// Puts what came before the sync behind what is staged; what does not fit there, or is damaged, is pulled.
    mutating func takeReceived() throws {
        // Another process may have synced this replica since: what is older than its log says nothing of the server.
        if let size = received?.size, try size < store.head().size { received = nil }
        guard let received else { return }
        try take(received.lines, from: received.first)
    }

    mutating func take(_ lines: [UInt8], from first: Position) throws {
        do {
            var segments = try receiver.receive(lines: lines, from: first)
            try stage(&segments)
        } catch is LogError {
            receiver = try PullReceiver(continuing: store)
        }
    }

    func stage(_ segments: inout [Segment]) throws(ReplicaError) {
        guard !segments.isEmpty else { return }
        do {
            try store.stage(segments)
        } catch {
            throw ReplicaError(wrapping: error, doing: "storing what was pulled")
        }
        segments = []
    }
}
