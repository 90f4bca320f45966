internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Projections
internal import SyncProtocol

extension SyncService {
    /// `GET /v1/agendas/<name>/rejections`: what was refused, in order of arrival.
    func rejections(_ request: MemberRequest) async throws -> Response {
        let query = request.query
        let after = try query.integer("after", in: 0...DecimalNumber.maximum) ?? 0
        let limit = try query.integer("limit", in: 1...Self.maximumRejections) ?? Self.maximumRejections
        return try await request.permits.withPermitUntilSent {
            let store = request.agenda.store
            let coding = request.incoming.acceptedCoding
            // Refused lines are as long as somebody liked.
            let content = try await heavyWork.run(for: request.permits.client) {
                CodedContent(try Self.rejections(of: store, after: after, limit: limit), coding)
            }
            return Response(content)
        }
    }

    /// Refused lines may be as long as a whole push: they are read one by one.
    private static let maximumRejections = 100

    private static func rejections(of store: any LogStore, after: Int, limit: Int) throws -> [UInt8] {
        var json = JSONWriter(capacity: 4096)
        var cursor = after
        var count = 0
        var isFull = false
        json.beginObject()
        json.name("rejections")
        json.beginArray()
        while let item = try store.rejections(after: cursor, limit: 1).first {
            guard count < limit, json.bytes.count < Response.maximumPage else {
                isFull = true
                break
            }
            count += 1
            cursor = item.cursor
            json.rejection(item.rejection, cursor: item.cursor)
        }
        json.endArray()
        if isFull { json.member("next", cursor) }
        json.endObject()
        return json.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func rejection(_ rejection: Rejection, cursor: Int) {
        beginObject()
        member("cursor", cursor)
        member("source", rejection.source)
        if let counter = rejection.counter { member("id", counter.description) }
        member("recordedtime", rejection.recordedTime.description)
        name("problem")
        raw(ProblemDetails(rejection.problem).encoded())
        if let text = String(validating: rejection.bytes, as: UTF8.self) {
            member("event", text)
        } else {
            member("bytes", Base64.encode(rejection.bytes))
        }
        if let line = rejection.line {
            member("length", line.length)
            member("sha256", line.hash.description)
        }
        endObject()
    }
}
