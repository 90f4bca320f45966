internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Projections
internal import SyncProtocol

extension SyncService {
    /// `GET /agendas/<name>/subjects/<kind>/<id>`: one document with the writes that made it, now or earlier.
    func subject(
        _ name: String,
        _ request: Request,
        of agenda: HostedAgenda,
        by address: String
    ) async throws -> Response {
        let reader = try Visibility.reader(of: request, in: agenda, for: .folded, from: address)
        let query = try QueryParameters(request.uri.query, known: ["at"])
        let size = try await size("at", query, of: agenda)
        let place = try admission.enter(.read, for: reader.holder)
        let found =
            if let size, size < agenda.sequencer.head.size {
                try await pastSubject(name, at: size, reader, of: agenda)
            } else {
                try await presentSubject(name, reader, of: agenda)
            }
        guard let found else { throw ProblemDetails(.notFound, "The agenda has no subject of this name.") }
        return .negotiated(json: found, for: request, cache: reader.cache, holding: place)
    }

    private func presentSubject(_ name: String, _ reader: Reader, of agenda: HostedAgenda) async throws -> [UInt8]? {
        try await agenda.read { file, size in
            try file.read(personal: reader.personal) { view in
                try view.document(of: name).map { document in
                    let registers = try view.registers(of: name)
                    return JSONWriter.subject(name, size: size, document, registers, withSource: !reader.isAnybody)
                }
            }
        }
    }

    private func pastSubject(
        _ name: String,
        at size: LogSize,
        _ reader: Reader,
        of agenda: HostedAgenda
    ) async throws -> [UInt8]? {
        let personal = reader.personal
        guard personal.shows(name) else { return nil }
        let place = try admission.enter(
            personal == .included ? .historicalRead : .publicHistoricalRead,
            for: reader.holder
        )
        defer { _ = place }
        let store = agenda.store
        return try await work.run { [pastStates] in
            let state = try pastStates.state(of: store, at: size).state
            return state.document(of: name).map { document in
                JSONWriter.subject(
                    name,
                    size: size,
                    personal.apply(to: document, of: name),
                    state.registers(of: name).filter { personal.shows($0, of: name) },
                    withSource: !reader.isAnybody
                )
            }
        }
    }

    /// `GET /agendas/<name>/progress`: how far the targets have come.
    func progress(_ request: Request, of agenda: HostedAgenda, by address: String) async throws -> Response {
        let reader = try Visibility.reader(of: request, in: agenda, for: .folded, from: address)
        _ = try QueryParameters(request.uri.query, known: [])
        let place = try admission.enter(.read, for: reader.holder)
        let json = try await agenda.read { file, size in
            var json = JSONWriter(capacity: 4096)
            json.beginObject()
            json.member("size", size.rawValue)
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
        return .negotiated(json: json, for: request, cache: reader.cache, holding: place)
    }

    /// `GET /agendas/<name>/rejections`: what was refused, in order of arrival.
    func rejections(_ request: Request, of agenda: HostedAgenda) async throws -> Response {
        let caller = try Visibility.caller(of: request, in: agenda, for: .readRejections)
        let query = try QueryParameters(request.uri.query, known: ["after", "limit"])
        let after = try query.integer("after", in: 0...DecimalNumber.greatest) ?? 0
        let limit = try query.integer("limit", in: 1...Self.greatestRejections) ?? Self.greatestRejections
        let place = try admission.enter(.read, for: caller.holder)
        let store = agenda.store
        let json = try await work.run { try Self.rejections(of: store, after: after, limit: limit) }
        return .negotiated(json: json, for: request, holding: place)
    }

    /// Refused lines may be as long as a whole push: they are read one by one.
    private static let greatestRejections = 100

    private static func rejections(of store: any LogStore, after: Int, limit: Int) throws -> [UInt8] {
        var json = JSONWriter(capacity: 4096)
        var cursor = after
        var count = 0
        var isFull = false
        json.beginObject()
        json.name("rejections")
        json.beginArray()
        while let item = try store.rejections(after: cursor, limit: 1).first {
            guard count < limit, json.bytes.count < Response.greatestPage else {
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
    fileprivate static func subject(
        _ name: String,
        size: LogSize,
        _ document: [UInt8],
        _ registers: [Register],
        withSource: Bool
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 4096)
        json.beginObject()
        json.member("subject", name)
        json.member("size", size.rawValue)
        json.name("document")
        json.raw(document)
        json.array("registers", registers) { json, register in
            json.beginObject()
            json.member("path", register.path)
            json.name("conflict")
            json.boolean(register.isConflict)
            json.heads(of: register, withSource: withSource)
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }

    /// The writes of a register, the one that is shown first; by whom only for readers who may know the members.
    mutating func heads(of register: Register, withSource: Bool = true) {
        array("heads", register.heads) { json, head in
            json.beginObject()
            json.member("position", head.position.rawValue)
            if withSource {
                json.member("source", head.source)
                json.member("id", String(head.counter.rawValue))
            }
            json.member("time", head.time.description)
            if let value = head.value {
                json.name("value")
                json.raw(value)
            }
            if head.isErased {
                json.name("erased")
                json.boolean(true)
            }
            json.endObject()
        }
    }

    fileprivate mutating func rejection(_ rejection: Rejection, cursor: Int) {
        beginObject()
        member("cursor", cursor)
        member("source", rejection.source)
        if let counter = rejection.counter { member("id", String(counter.rawValue)) }
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
