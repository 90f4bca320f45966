internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import LogClient
internal import Projections
internal import SyncProtocol

extension SyncEngine {
    /// Has `batch` be the next events to push, marked as about to be sent; signs first where nothing else is left.
    ///
    /// - Returns: nil when there is nothing to push.
    mutating func prepareBatch(after counter: Counter, events: Int) throws -> SyncMachine.Batch? {
        repeat {
            try takeBatch(after: counter, events: events)
            if batch.isEmpty { return nil }
            // Somebody may have taken one back meanwhile.
        } while try !store.outbox.beginSending(batch.map(\.counter))
        return SyncMachine.Batch(
            counters: batch.map(\.counter),
            signatures: Set(batch.filter(\.isSignature).map(\.counter))
        )
    }

    private mutating func takeBatch(after counter: Counter, events: Int) throws {
        batch = try store.outbox.pending(after: counter, limit: events)
        // Everything that was recorded here is in the log, and all of the log is verified.
        if batch.isEmpty, try sign() { batch = try store.outbox.pending(after: counter, limit: events) }
        if !batch.allSatisfy({ $0.isFrom(device) }) {
            // A server takes nothing of a push that holds an event of another device, and so none of those has been sent.
            _ = try store.outbox.move(to: device)
            batch = try store.outbox.pending(after: counter, limit: events)
        }
        var bytes = 0
        let fitting = batch.prefix { item in
            bytes += item.event.count + 1
            return bytes <= Self.pushBytes
        }
        batch = Array(fitting)
    }

    /// Signs own entries, when it is time; where nothing can be written now, a later sync does it.
    func sign() throws -> Bool {
        let signing = EntrySigning(files: files, store: store, stateFile: stateFile, environment: environment)
        do {
            return try signing.record(as: device, onlyDue: !options.signsAll)
        } catch let error as LogError where [.diskFull, .readOnly, .locked].contains(error.code) {
            return false
        }
    }

    func push(_ items: [Outbox.Item], size: LogSize) async throws -> PushAnswer {
        var lines: [UInt8] = []
        lines.reserveCapacity(items.reduce(0) { $0 + $1.event.count + 1 })
        for item in items {
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
            throw LogClientError.foreign(
                "its answer to a push is not in the form of this protocol",
                status: response.status
            )
        }
    }

    /// Puts together the entries that the answer to a push tells of, so that they need not be pulled.
    ///
    /// That they are what stands in the log is shown by the checkpoint's root, as for entries that are pulled.
    ///
    /// - Returns: log and staging together.
    mutating func stageOwnEntries(_ answer: PushAnswer) throws -> SyncMachine.Extent {
        let events = Dictionary(uniqueKeysWithValues: batch.map { ($0.counter, $0.event) })
        guard let placed = Verdicts(answer, on: batch.map(\.counter))?.accepted,
            let recorded = Timestamp(answer.recordedtime)
        else { return receiver.extent }
        let suffix = EntrySuffix.bytes(recorded) + [Lines.newline]
        var lines: [UInt8] = []
        var next = receiver.size.next
        for run in placed {
            // Somebody else's entries stand in between.
            guard run.position == next else { break }
            for counter in run.counters {
                lines += (events[counter] ?? []).dropLast()
                lines += suffix
            }
            next += run.counters.count
        }
        try take(lines, from: receiver.size.next)
        return receiver.extent
    }
}
