internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import LogClient
internal import Projections
internal import SyncProtocol

extension SyncEngine {
    mutating func readOutbox(after: Int, events: Int) throws -> SyncMachine.Batch? {
        batch = try store.outbox.pending(after: Counter(after), limit: events)
        // Everything that was recorded here is in the log, and all of the log is verified.
        if batch.isEmpty, try sign() { batch = try store.outbox.pending(after: Counter(after), limit: events) }
        if !batch.allSatisfy({ $0.isFrom(device) }) {
            // A server takes nothing of a push that holds an event of another device, and so none of those has been sent.
            _ = try store.outbox.move(to: device)
            batch = try store.outbox.pending(after: Counter(after), limit: events)
        }
        var bytes = 0
        let fitting = batch.prefix { item in
            bytes += item.event.count + 1
            return bytes <= Self.pushBytes
        }
        batch = Array(fitting)
        if batch.isEmpty { return nil }
        return SyncMachine.Batch(
            counters: batch.map(\.counter.rawValue),
            signatures: Set(batch.filter(\.isSignature).map(\.counter.rawValue))
        )
    }

    /// Signs own entries; where nothing can be written now, a later sync does it.
    func sign() throws -> Bool {
        let signing = EntrySigning(files: files, store: store, stateFile: stateFile, environment: environment)
        do {
            return try signing.record(as: device)
        } catch let error as LogError where [.diskFull, .readOnly, .locked].contains(error.code) {
            return false
        }
    }

    mutating func push(size: Int) async throws -> PushAnswer {
        var lines: [UInt8] = []
        lines.reserveCapacity(batch.reduce(0) { $0 + $1.event.count + 1 })
        for item in batch {
            lines += item.event
            lines.append(Lines.newline)
        }
        let response = try await transport.send(requests.push(lines, size: size))
        let body = try await response.body(
            status: 200,
            type: ProtocolConstants.json,
            limit: SyncRequests.maximumAnswer
        )
        do {
            return try ProtocolJSON.decode(PushAnswer.self, from: body)
        } catch {
            throw LogClientError.foreign("its answer to a push is not in the form of this protocol")
        }
    }

    mutating func pull(after: Int, limit: Int) async throws -> SyncMachine.Extent {
        let response = try await transport.send(requests.pull(after: after, limit: limit))
        try await response.check(status: 200, type: ProtocolConstants.members)
        var reader = SegmentMemberReader()
        var ready: [Segment] = []
        do {
            while let piece = try await response.next() {
                let members = try piece.withUnsafeBufferPointer { try reader.receive($0) }
                for member in members {
                    if let segment = try receiver.receive(member, limit: LogSize(after + limit)) {
                        ready.append(segment)
                    }
                }
                guard ready.count >= Self.segmentsPerTransaction else { continue }
                try stage(&ready)
                report(.pulling(size: receiver.size.rawValue, of: target ?? after + limit))
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
        guard receiver.size > LogSize(after) else {
            throw LogClientError.damaged("it holds none of the entries that were asked for")
        }
        report(.pulling(size: receiver.size.rawValue, of: target ?? after + limit))
        return receiver.extent
    }

    /// Puts what came before the sync behind what is staged; what does not fit there, or is damaged, is pulled.
    mutating func takeReceived() throws {
        // Another process may have synced this replica since: what is older than its log says nothing of the server.
        if let size = received?.size, try size < store.head().size.rawValue { received = nil }
        guard let received else { return }
        try take(received.lines, from: Position(received.first))
    }

    /// Puts together the entries that the answer to a push tells of, so that they need not be pulled.
    ///
    /// That they are what stands in the log is shown by the checkpoint's root, as for entries that are pulled.
    ///
    /// - Returns: log and staging together.
    mutating func stageOwnEntries(_ answer: PushAnswer) throws -> SyncMachine.Extent {
        let events = Dictionary(uniqueKeysWithValues: batch.map { ($0.counter.rawValue, $0.event) })
        guard let placed = Verdicts(answer, on: batch.map(\.counter.rawValue))?.accepted,
            let recorded = Timestamp(answer.recordedtime)
        else { return receiver.extent }
        let suffix = EntrySuffix.bytes(recorded) + [Lines.newline]
        var lines: [UInt8] = []
        var next = receiver.size.next
        for run in placed {
            // Somebody else's entries stand in between.
            guard Position(run.position) == next else { break }
            for counter in run.counters {
                lines += (events[counter] ?? []).dropLast()
                lines += suffix
            }
            next += run.counters.count
        }
        try take(lines, from: receiver.size.next)
        return receiver.extent
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
