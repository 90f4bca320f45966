internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Projections
internal import SyncProtocol

extension SyncService {
    /// `GET /v1/agendas/<name>/subjects/<kind>/<id>`: one document with the writes that made it, now or earlier.
    func subject(_ request: ReaderRequest) async throws -> Response {
        let (agenda, reader) = (request.agenda, request.sender)
        let size = try await size("at", request.query, of: agenda)
        return try await request.permits.withPermitUntilSent {
            let found =
                if let size, size < agenda.sequencer.head.size {
                    try await pastSubject(request, at: size)
                } else {
                    try await presentSubject(request)
                }
            guard let found else { throw ProblemDetails(.notFound, "The agenda has no subject of this name.") }
            return Response(found, cache: reader.cache)
        }
    }

    private func presentSubject(_ request: ReaderRequest) async throws -> CodedContent? {
        let (name, reader) = (request.path.subject, request.sender)
        let coding = request.incoming.acceptedCoding
        let file = try await request.agenda.stateFile()
        return try await heavyWork.run(for: request.permits.client) {
            try file.read(personal: reader.personal) { view in
                try view.document(of: name).map { document in
                    let registers = try view.registers(of: name)
                    let json = JSONWriter.subject(
                        name,
                        size: view.size,
                        document: document,
                        registers: registers,
                        withSource: !reader.seesPublicOnly
                    )
                    return CodedContent(json, coding)
                }
            }
        }
    }

    private func pastSubject(_ request: ReaderRequest, at size: LogSize) async throws -> CodedContent? {
        let (name, reader) = (request.path.subject, request.sender)
        let coding = request.incoming.acceptedCoding
        let personal = reader.personal
        guard personal.shows(name) else { return nil }
        return try await request.permits.withPermit(for: reader.historicalRead) {
            let client = request.permits.client
            let state = try await pastStates.state(of: request.agenda.store, at: size, for: client).state
            return try await heavyWork.run(for: client) {
                try state.document(of: name).map { document in
                    let json = JSONWriter.subject(
                        name,
                        size: size,
                        document: try personal.apply(to: document, of: name),
                        registers: try state.registers(of: name).filter { try personal.shows($0, of: name) },
                        withSource: !reader.seesPublicOnly
                    )
                    return CodedContent(json, coding)
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate static func subject(
        _ name: String,
        size: LogSize,
        document: [UInt8],
        registers: [Register],
        withSource: Bool
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 4096)
        json.beginObject()
        json.member("subject", name)
        json.member("size", size)
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
            json.member("position", head.position)
            if withSource {
                json.member("source", head.source)
                json.member("id", head.counter.description)
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
}
