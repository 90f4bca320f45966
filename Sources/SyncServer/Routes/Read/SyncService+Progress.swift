internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Projections
internal import SyncProtocol

extension SyncService {
    /// `GET /agendas/<name>/progress`: how far the targets have come.
    func progress(_ request: ReaderRequest) async throws -> Response {
        try await request.permits.withPermitUntilSent {
            let json = try await request.agenda.read { file, size in try Self.progress(in: file, size: size) }
            return .negotiated(json: json, for: request.request, cache: request.sender.cache)
        }
    }

    private static func progress(in file: StateFile, size: LogSize) throws -> [UInt8] {
        var json = JSONWriter(capacity: 4096)
        json.beginObject()
        json.member("size", size)
        json.array("progress", try file.progress()) { json, item in
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
