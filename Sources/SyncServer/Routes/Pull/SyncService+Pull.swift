internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import SyncProtocol

extension SyncService {
    /// `GET /v1/agendas/<name>/events`: entries from a position on, once or as a live stream.
    func events(_ request: ReaderRequest) async throws -> Response {
        PullForm.isLive(request.request.headers[.accept]) ? try await live(request) : try await pull(request)
    }

    /// The entries that there are, or that come within the time that the client wants to wait.
    private func pull(_ request: ReaderRequest) async throws -> Response {
        let agenda = request.agenda
        // Of live streams, and no less to be readable here.
        _ = try Self.lastEventID(of: request.request)
        let after = LogSize(try request.query.integer("after", in: 0...DecimalNumber.maximum) ?? 0)
        let limit = try request.query.integer("limit", in: 1...options.limits.pullEntries) ?? options.limits.pullEntries
        let wait = try request.query.integer("wait", in: 0...options.limits.waitSeconds) ?? 0
        let headers = request.request.headers
        guard let form = PullForm.negotiated(headers[.accept]) else {
            throw ProblemDetails(
                .unsupportedEncoding,
                "Entries are given as \(ProtocolConstants.ndjson) or \(ProtocolConstants.members)."
            )
        }
        if after > agenda.sequencer.head.size { await agenda.sequencer.refresh(isUrgent: true) }
        if wait > 0, agenda.sequencer.head.size == after {
            try await waitForGrowth(beyond: after, for: .seconds(wait), request)
        }
        let head = agenda.sequencer.head
        let size = head.size
        guard after <= size else { throw ProblemDetails.aheadOfLog("`after` (\(after))", size: size) }

        let coding = ContentCoding.negotiated(headers[.acceptEncoding])
        let representation = PullPlan.Representation(form, coding)
        let end = min(size, after + limit)
        let plan = PullPlan(after.positions(upTo: end), sealedSegments: head.sealedSegments)
        // The range of this address can only grow while it is shorter than its limit.
        let isFinal = plan.isSealed && end == after + limit
        let tag = try await entityTag(of: plan, representation, isFinal: isFinal, head: head, in: agenda)
        var answer = Self.headers(representation, next: end, size: size, tag: tag)
        if request.sender.isAnybody { answer[.cacheControl] = CachePolicy.shared.rawValue }
        if tag.matches(headers[.ifNoneMatch]) {
            return Response(withoutContent: .notModified, headers: answer)
        }
        guard end > after else { return Response(status: .ok, headers: answer) }
        if representation == .gzip { answer[.contentEncoding] = ContentCoding.gzip.rawValue }
        let permit = try await request.permits.turn()
        let store = agenda.store
        let pieces = try await work.run { try plan.pieces(of: store, as: representation) }
        let encoder = PullEncoder(representation, of: store)
        if request.request.method == .head {
            permit.rest()
            defer { permit.release() }
            answer[.contentLength] = String(try await length(of: pieces, with: encoder, for: request))
            return Response(status: .ok, headers: answer)
        }
        // The first is read before the answer begins. So a store that cannot be read is an error, and not an answer that
        // breaks off.
        let first =
            Self.takesThread(pieces[0], with: encoder)
            ? try await permit.resting { try await encode(pieces[0], with: encoder, for: request) }
            : try await encode(pieces[0], with: encoder, for: request)
        let body = body(of: pieces, from: encoder.start(), first, for: request)
        return Response(status: .ok, headers: answer, body: body).keeping(permit)
    }

    /// Names exactly these bytes: the range, how it is put together, and what the log is at its end.
    ///
    /// Two logs that differ within the range, as after a restored backup, differ in the root; where entries have been
    /// erased, in how many.
    private func entityTag(
        of plan: PullPlan,
        _ representation: PullPlan.Representation,
        isFinal: Bool,
        head: LogHead,
        in agenda: HostedAgenda
    ) async throws -> EntityTag {
        let root: Hash
        if isFinal {
            let last = plan.sealed.upperBound - 1
            let store = agenda.store
            guard let last = try await work.run({ try store.segmentRoots(last..<last + 1).first }) else {
                throw LogError(.corrupt, "segment \(last) is sealed, but cannot be read")
            }
            root = last
        } else {
            root = head.checkpoint?.checkpoint.root ?? Merkle.emptyRoot
        }
        let place = "\(plan.range.lowerBound)-\(plan.range.upperBound)-\(plan.sealed.count)-\(head.erasureMark)"
        return EntityTag("\(place)-\(root.description.prefix(16))-\(representation.rawValue)")
    }

    private static func headers(
        _ representation: PullPlan.Representation,
        next: LogSize,
        size: LogSize,
        tag: EntityTag
    ) -> HTTPFields {
        var headers = HTTPFields()
        headers[.contentType] = representation == .members ? ProtocolConstants.members : ProtocolConstants.ndjson
        headers[.ambitNext] = next.description
        headers[.ambitSize] = size.description
        headers[.eTag] = tag.text
        // Also where it seems final: entries may be erased.
        headers[.cacheControl] = CachePolicy.revalidate.rawValue
        headers[.vary] = "Authorization, Accept, Accept-Encoding"
        return headers
    }

    /// Sends the pieces one after the other; while one is sent, the next is read.
    private func body(
        of pieces: [PullPlan.Piece],
        from start: ByteBuffer,
        _ first: (encoder: PullEncoder, bytes: ByteBuffer),
        for request: ReaderRequest
    ) -> ResponseBody {
        ResponseBody { [self] writer in
            if start.readableBytes > 0 { try await writer.write(start) }
            var encoded = first
            for piece in pieces.dropFirst() {
                let encoder = encoded.encoder
                async let next = encode(piece, with: encoder, for: request)
                counters.addPulled(bytes: encoded.bytes.readableBytes)
                try await writer.write(encoded.bytes)
                encoded = try await next
            }
            encoded.bytes.writeImmutableBuffer(encoded.encoder.finish())
            counters.addPulled(bytes: encoded.bytes.readableBytes)
            try await writer.write(encoded.bytes)
            try await writer.finish(nil)
        }
    }

    /// How many bytes the content of an answer would have.
    private func length(
        of pieces: [PullPlan.Piece],
        with encoder: PullEncoder,
        for request: ReaderRequest
    ) async throws -> Int {
        var length = encoder.start().readableBytes + encoder.finish().readableBytes
        for piece in pieces {
            if let known = piece.length {
                length += known
            } else {
                length += try await encode(piece, with: encoder, for: request).bytes.readableBytes
            }
        }
        return length
    }

    /// Whether a piece is heavy work: what is compressed or inflated for it, or is of a long segment, which may take tens of
    /// megabytes.
    private static func takesThread(_ piece: PullPlan.Piece, with encoder: PullEncoder) -> Bool {
        piece.isOfLongSegment || piece.isFresh || encoder.inflates
    }

    /// Reads a piece.
    private func encode(
        _ piece: PullPlan.Piece,
        with encoder: PullEncoder,
        for request: ReaderRequest
    ) async throws -> (encoder: PullEncoder, bytes: ByteBuffer) {
        @Sendable func encoded() throws -> (encoder: PullEncoder, bytes: ByteBuffer) {
            var encoder = encoder
            let bytes = try encoder.encode(piece)
            return (encoder, bytes)
        }
        guard Self.takesThread(piece, with: encoder) else { return try await work.run(encoded) }
        return try await request.incoming.connection.wait.inLine {
            try await heavyWork.run(for: request.sender.client, encoded)
        }
    }
}
