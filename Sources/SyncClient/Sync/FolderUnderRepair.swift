internal import EventLog

/// A log of a data folder on this machine.
struct FolderUnderRepair: RepairTarget {
    let sequencer: Sequencer
    let verifier: VerifierKey

    func checkpoint() async throws -> String? { sequencer.head.checkpoint?.note }

    func give(_ part: RepairChunk) async throws -> String {
        do {
            let repair = try RepairRequest(
                after: part.after,
                note: part.checkpoint.note,
                proof: part.proof,
                redactions: part.redactions,
                body: part.entries,
                verifier: verifier
            )
            return try await sequencer.repair(repair).checkpoint?.note ?? ""
        } catch let error as RepairError {
            let code: ReplicaError.Code = error.code == .forked ? .forked : .refusedRequest
            throw ReplicaError(code, error.message, nextStep: "nothing of these entries was stored")
        } catch let error as PushError {
            let code: ReplicaError.Code =
                switch error.code {
                case .storageFull: .diskFull
                case .readOnly: .readOnly
                default: .inputOutput
                }
            throw ReplicaError(code, error.message, nextStep: "run ambit heal again to go on where it stopped")
        }
    }
}
