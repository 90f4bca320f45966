internal import AgendaModel
internal import EventLog
internal import LogClient
internal import SyncProtocol

/// The server of a replica.
struct ServerUnderRepair: RepairTarget {
    let transport: any Transport
    let requests: SyncRequests
    let environment: RuntimeEnvironment

    /// Past caches: one that keeps an old answer would have entries given back that the server has.
    func checkpoint() async throws -> String? {
        try await requests.readCheckpoint(over: transport, random: environment.random)
    }

    func give(_ part: RepairChunk) async throws -> String {
        let header = RepairHeader(
            after: part.after.rawValue,
            checkpoint: part.checkpoint.note,
            proof: part.proof.hashes.isEmpty ? nil : part.proof.base64,
            redactions: part.redactions.isEmpty ? nil : part.redactions.map(RepairHeader.Redaction.init)
        )
        let body = try ProtocolJSON.encode(header) + [Lines.newline] + part.entries
        let response = try await transport.send(requests.heal(body))
        let answer = try await response.body(
            status: 200,
            type: ProtocolConstants.json,
            limit: SyncRequests.maximumAnswer
        )
        guard let decoded = try? ProtocolJSON.decode(RepairAnswer.self, from: answer) else {
            throw LogClientError.foreign("its answer to entries given back is not in the form of this protocol")
        }
        return decoded.checkpoint
    }
}

extension RepairHeader.Redaction {
    fileprivate init(_ redaction: RedactionProof) {
        self.init(
            position: redaction.position.rawValue,
            entry: String(decoding: redaction.entry, as: UTF8.self),
            edge: redaction.edge.map(\.base64),
            proof: redaction.proof.base64
        )
    }
}
