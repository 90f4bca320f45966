internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Projections
internal import Snapshots
internal import SyncProtocol

/// Those who wait for one computation of progress: members do not wait for what visitors have begun.
struct ProgressReaders: Hashable {
    var agenda: AgendaName
    var haveToken: Bool
}

extension SyncService {
    /// `GET /v1/agendas/<name>/progress`: how far the targets have come.
    func progress(_ request: ReaderRequest) async throws -> Response {
        try await request.permits.withPermitUntilSent {
            let form = TableForm(request.request.headers[.accept])
            let (size, items) = try await progress(of: request.agenda, for: request.permits.client)
            let takesLong = items.count > ReadAmount.subjectsInMoments
            let coding = request.incoming.acceptedCoding
            let content = try await heavyWork.run(for: request.permits.client, takesLong: takesLong) {
                CodedContent(form == .csv ? Self.csv(of: items) : Self.json(of: items, size: size), coding)
            }
            charge(ReadAmount(subjects: items.count), to: request.sender)
            return response(content, as: form, of: size, to: request)
        }
    }

    /// The progress of all that was committed before the call.
    ///
    /// Computing it may take seconds and much memory. So it is done once at a time for each agenda's members, and once for
    /// its visitors; whoever comes meanwhile waits for that. When it does not have all that they are to be shown, they wait
    /// for the next one.
    private func progress(
        of agenda: HostedAgenda,
        for client: ConcurrencyLimiter.Client
    ) async throws -> (size: LogSize, items: [Progress]) {
        let readers = ProgressReaders(agenda: agenda.name, haveToken: !client.isWithoutToken)
        let size = agenda.sequencer.head.size
        var found: (size: LogSize, items: [Progress]) = (.zero, [])
        // What is begun after the first that others had begun has all there was.
        for _ in 0..<2 {
            found = try await computingProgress.value(for: readers) { [heavyWork] in
                let file = try await agenda.stateFile()
                return try await heavyWork.run(
                    for: agenda.name.rawValue,
                    takesLong: true,
                    isForVisitors: client.isWithoutToken
                ) {
                    let progress = try file.progress()
                    return (progress.size, progress.items)
                }
            }
            if found.size >= size { break }
        }
        return found
    }

    private static func csv(of items: [Progress]) -> [UInt8] {
        func number(_ value: Double) -> ComputedCSV.Value {
            var json = JSONWriter(capacity: 32)
            json.number(value)
            return .number(String(decoding: json.bytes, as: UTF8.self))
        }
        return ComputedCSV.bytes(
            ["ambition", "indicator", "unit", "target", "due", "value", "measurements"],
            items.lazy.map { item in
                [
                    .text(item.ambition), .text(item.indicator), item.unit.map { .text($0) }, number(item.target),
                    item.due.map { .text($0) }, number(item.value), .number("\(item.measurements)"),
                ]
            }
        )
    }

    private static func json(of items: [Progress], size: LogSize) -> [UInt8] {
        var json = JSONWriter(capacity: 4096)
        json.beginObject()
        json.member("size", size)
        json.array("progress", items) { json, item in
            json.beginObject()
            json.member("ambition", item.ambition)
            json.member("indicator", item.indicator)
            if let unit = item.unit { json.member("unit", unit) }
            json.name("target")
            json.number(item.target)
            if let due = item.due { json.member("due", due) }
            json.name("value")
            json.number(item.value)
            json.member("measurements", item.measurements)
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }
}
