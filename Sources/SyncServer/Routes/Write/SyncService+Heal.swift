internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `POST /v1/agendas/<name>/heal`: takes back entries that the log has lost.
    func heal(_ request: MemberRequest) async throws -> Response {
        let coding = try request.request.codingOfLines("entries given back")
        return try await request.permits.withPermit {
            let agenda = request.agenda
            let verifier = agenda.store.identity.verifierKey
            let repair = try await readLines(of: request, coding) { try RepairRequest(body: $0, verifier: verifier) }
            let head = try await agenda.sequencer.repair(repair, by: request.sender.right(.admin))
            agenda.readModels.logHasGrown()
            let answer = RepairAnswer(size: head.size.rawValue, checkpoint: head.checkpoint?.note ?? "")
            return Response(json: try ProtocolJSON.encode(answer), cache: .never)
        }
    }
}

extension RepairRequest {
    /// A checkpoint has at most 64 KiB, a proof at most 126 hashes, and redactions come with 64 KiB of entries.
    private static let maximumHeader = 512 * 1024

    /// Reads the body of a request: a header, then the entries, a line each.
    fileprivate init(body: [UInt8], verifier: VerifierKey) throws {
        let end = body.firstIndex(of: Lines.newline) ?? body.endIndex
        guard end <= Self.maximumHeader else {
            throw ProblemDetails(.badRequest, "The first line is longer than \(Self.maximumHeader) bytes.")
        }
        let header = try ProtocolJSON.decode(RepairHeader.self, from: body[..<end])
        guard (0...DecimalNumber.maximum).contains(header.after) else {
            throw ProblemDetails(.invalidRange, "`after` is not a number of entries.")
        }
        let proof: ConsistencyProof
        let redactions: [RedactionProof]
        do {
            proof = try ConsistencyProof(base64: header.proof ?? [])
            redactions = try (header.redactions ?? []).map(RedactionProof.init)
        } catch {
            throw RepairError(.invalidProof, error.message)
        }
        try self.init(
            after: LogSize(header.after),
            note: header.checkpoint,
            proof: proof,
            redactions: redactions,
            body: Array(body[end...].dropFirst()),
            verifier: verifier
        )
    }
}

extension RedactionProof {
    fileprivate init(_ given: RepairHeader.Redaction) throws(LogError) {
        guard (0...DecimalNumber.maximum).contains(given.position) else {
            throw LogError(.malformed, "the position of a redaction is none")
        }
        self.init(
            position: Position(given.position),
            entry: Array(given.entry.utf8),
            // The edge of a tree has fewer hashes than a proof may have.
            edge: try ConsistencyProof(base64: given.edge).hashes,
            proof: try ConsistencyProof(base64: given.proof)
        )
    }
}
