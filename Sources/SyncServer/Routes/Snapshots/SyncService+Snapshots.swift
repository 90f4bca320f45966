internal import AgendaModel
internal import EventLog
internal import Files
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Projections
internal import Snapshots
internal import SyncProtocol

extension SyncService {
    /// `GET /v1/agendas/<name>/snapshots`: which files can be had, and which there are already.
    func snapshots(_ request: ReaderRequest) async throws -> Response {
        let set: SnapshotSet = request.sender.seesPublicOnly ? .everybody : .members
        let size = request.agenda.sequencer.head.size
        return try await request.permits.withPermitUntilSent {
            let client = request.permits.client
            let shown = try await request.agenda.snapshots.shown(set, of: client)
            let coding = request.incoming.acceptedCoding
            let content = try await heavyWork.run(for: client) {
                var json = JSONWriter(capacity: 4096)
                json.beginObject()
                json.member("size", size)
                json.array("files", SnapshotFile.allCases.filter(set.has)) { $0.string($1.name) }
                json.array("snapshots", shown) { $0.snapshot($1, set, checkpoint: nil) }
                json.endObject()
                return CodedContent(json.bytes, coding)
            }
            return Response(content, cache: request.sender.cache)
        }
    }

    /// `GET /v1/agendas/<name>/snapshots/<size>/<file>`: a file of a snapshot, or what it can be held against.
    func snapshotFile(_ request: MemberRequest) async throws -> Response {
        try await answer(SnapshotRequest(request))
    }

    /// `GET /v1/agendas/<name>/snapshots/<size>/public/<file>`: the same of what everybody may have.
    func publicSnapshotFile(_ request: ReaderRequest) async throws -> Response {
        try await answer(SnapshotRequest(forEverybody: request))
    }

    /// `GET /v1/agendas/<name>/snapshots/latest/<file>`: where the file of the present is, or of an earlier state.
    func latestSnapshotFile(_ request: MemberRequest) async throws -> Response {
        try await redirect(SnapshotRequest(request))
    }

    /// `GET /v1/agendas/<name>/snapshots/latest/public/<file>`: the same of what everybody may have.
    func latestPublicSnapshotFile(_ request: ReaderRequest) async throws -> Response {
        try await redirect(SnapshotRequest(forEverybody: request))
    }

    /// The file that is asked for; nil for the manifest.
    private func file(_ request: SnapshotRequest) throws(ProblemDetails) -> SnapshotFile? {
        let (name, set) = (request.path["file"], request.set)
        let file = SnapshotFile(rawValue: name)
        guard file.map(set.has) ?? (name == Self.manifest) else {
            let names = SnapshotFile.allCases.filter(set.has).map(\.name) + [Self.manifest]
            throw ProblemDetails(.notFound, "There is no such file; there are \(names.joined(separator: ", ")).")
        }
        return file
    }

    private func answer(_ request: SnapshotRequest) async throws -> Response {
        let file = try file(request)
        guard let size = DecimalNumber.parse(request.path["size"]).map({ LogSize($0) }), size > .zero else {
            throw ProblemDetails(.notFound, "A snapshot's address has a number of entries, or `latest`.")
        }
        let head = request.agenda.sequencer.head.size
        guard size <= head else { throw ProblemDetails.aheadOfLog("The snapshot's size (\(size))", size: head) }
        guard let file else { return try await manifest(request, at: size) }
        return try await request.asked.permits.withPermitUntilSent {
            try await contents(of: readyFile(file, request, at: size), for: request)
        }
    }

    private func redirect(_ request: SnapshotRequest) async throws -> Response {
        let agenda = request.agenda
        let name = try file(request)?.name ?? Self.manifest
        let size = try await size("at", request.asked.query, of: agenda) ?? agenda.sequencer.head.size
        guard size > .zero else { throw ProblemDetails(.notFound, "The log had no entries then.") }
        return Response(
            withoutContent: .found,
            headers: [
                .location: request.address(of: name, at: "\(size)"),
                .cacheControl: request.asked.sender.cache.rawValue,
                .ambitSize: "\(size)",
            ]
        )
    }

    private func manifest(_ request: SnapshotRequest, at size: LogSize) async throws -> Response {
        let agenda = request.agenda
        return try await request.asked.permits.withPermitUntilSent {
            let client = request.asked.permits.client
            guard let shown = try await agenda.snapshots.shown(request.set, at: size, of: client) else {
                throw ProblemDetails(.notFound, "None of the files of this snapshot has been made; ask for one first.")
            }
            let checkpoint = try await work.run { try agenda.store.checkpoint(atMost: size) }
            var json = JSONWriter(capacity: 2048)
            json.snapshot(shown, request.set, checkpoint: checkpoint?.checkpoint.size == size ? checkpoint?.note : nil)
            let content = CodedContent(json.bytes, request.asked.incoming.acceptedCoding)
            return Response(content, cache: request.asked.sender.cache)
        }
    }

    /// The file, which is made when it is not there: for whoever has no token, that counts like a state of the past.
    ///
    /// - Throws: `busy` when it was not there in time; `rate-limited` for who has had too much made.
    private func readyFile(
        _ file: SnapshotFile,
        _ request: SnapshotRequest,
        at size: LogSize
    ) async throws -> SnapshotShelf.Ready {
        let (permits, agenda) = (request.asked.permits, request.agenda)
        let sender = request.asked.sender
        let made = try await Deadline.within(options.deadlines.snapshot, sleeping: environment.sleep) { [rates] in
            try await agenda.snapshots.file(file, for: request.set, at: size, of: permits.client) {
                let permit = try await permits.turn(for: sender.historicalRead)
                if case .anybody(let address) = sender {
                    try rates.take(.publicRead, of: address, cost: IncomingRequest.costOfMuch - 1)
                }
                return permit
            }
        }
        guard let made else {
            var problem = ProblemDetails(.busy, "The file is being made; ask again for the same address.")
            problem.retryAfter = Self.retryAfter
            throw problem
        }
        return made
    }

    private func contents(of ready: SnapshotShelf.Ready, for request: SnapshotRequest) async throws -> Response {
        let (kept, agenda) = (ready.kept, request.agenda)
        let asked = request.asked.request
        let tag = EntityTag("\(ready.place.erasureMark)-\(kept.hash.prefix(32))")
        var headers: HTTPFields = [
            .eTag: tag.text,
            .cacheControl: request.asked.sender.cache.rawValue,
            .vary: "Authorization",
            .ambitSize: "\(ready.place.size)",
        ]
        if tag.matches(asked.headers[.ifNoneMatch]) { return Response(withoutContent: .notModified, headers: headers) }
        headers[.acceptRanges] = "bytes"
        let condition = asked.headers[.ifRange]
        let isWanted = asked.method == .get && (condition == nil || condition == tag.text)
        let range = ByteRange(isWanted ? asked.headers[.range] : nil, of: kept.length)
        if range == .unsatisfiable {
            headers[.contentRange] = "bytes */\(kept.length)"
            var response = Response(ProblemDetails(.rangeNotSatisfiable, "The file has \(kept.length) bytes."))
            response.headers.append(contentsOf: headers)
            return response
        }
        headers[.contentType] = kept.file.mediaType
        headers[.reprDigest] = "sha-256=:\(kept.digest):"
        let name = "\(agenda.name)-\(ready.place.size)-\(kept.file.name)"
        headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        let bytes: Range<Int>
        switch range {
        case .part(let part):
            bytes = part
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(kept.length)"
        default: bytes = 0..<kept.length
        }
        headers[.contentLength] = "\(bytes.count)"
        let status: HTTPResponse.Status = range == .whole ? .ok : .partialContent
        guard asked.method == .get else { return Response(status: status, headers: headers) }
        return Response(status: status, headers: headers, body: body(bytes, of: ready, agenda))
    }

    /// Sends a part of a file, and breaks off when an entry of the log is erased meanwhile.
    private func body(_ bytes: Range<Int>, of ready: SnapshotShelf.Ready, _ agenda: HostedAgenda) -> ResponseBody {
        ResponseBody(contentLength: bytes.count) { [self] writer in
            var sent = bytes.lowerBound
            while sent < bytes.upperBound {
                guard agenda.sequencer.head.erasureMark == ready.place.erasureMark else { throw CancellationError() }
                let (from, limit) = (sent, min(Self.pieceLength, bytes.upperBound - sent))
                let piece = try await work.run { try ready.contents.piece(at: from, upTo: limit) }
                guard !piece.isEmpty else { throw LogError(.inputOutput, "a file of a snapshot has become shorter") }
                sent += piece.count
                counters.addPulled(bytes: piece.count)
                try await writer.write(ByteBuffer(bytes: piece))
            }
            try await writer.finish(nil)
        }
    }

    private static let manifest = "manifest.json"
    /// In bytes.
    private static let pieceLength = 1 << 18
    /// When to ask again for a file that was not made in time, in seconds.
    private static let retryAfter = 10
}

extension JSONWriter {
    /// What there is of a snapshot, and what it can be held against.
    fileprivate mutating func snapshot(_ shown: SnapshotShelf.Shown, _ set: SnapshotSet, checkpoint: String?) {
        let facts = shown.facts
        beginObject()
        if set == .members, let checkpoint { member("checkpoint", checkpoint) }
        // Who may not see everything could try guesses on what is made of everything.
        if set == .members { member("digest", facts.digest) }
        member("erasures", facts.erasures)
        array("files", shown.files) { json, kept in
            json.beginObject()
            json.member("bytes", kept.length)
            json.member("mediaType", kept.file.mediaType)
            json.member("name", kept.file.name)
            json.member("sha256", kept.hash)
            json.endObject()
        }
        if let moment = facts.moment { member("moment", moment) }
        member("origin", facts.origin)
        if set == .members { member("root", facts.root) }
        member("size", facts.size)
        member("software", Software.description)
        endObject()
    }
}

extension HTTPField.Name {
    fileprivate static let reprDigest = Self.checked("Repr-Digest")
}
