internal import EventLog

extension MirrorRequests {
    /// A server's witnesses need not be those that are wanted: then more cosignatures are asked for, up to so many more.
    private static let maximumSurplus = 8

    /// The latest checkpoint by a log's key that the witnesses have cosigned.
    ///
    /// - Parameters:
    ///   - key: the log's.
    ///   - witnesses: who must have cosigned it; nil when nobody has to.
    ///   - name: as for `checkpoint(cosignedBy:fresh:)`.
    /// - Returns: the checkpoint.
    /// - Throws: `LogClientError`: `badCheckpoint` for one by another key, with a cosignature that does not hold, or without
    ///   those that are wanted; `notFound` when there is none.
    func checkpoint(
        by key: VerifierKey,
        witnesses: WitnessPolicy?,
        fresh name: String
    ) async throws -> SignedCheckpoint {
        guard let witnesses else { return try verify(try await checkpoint(fresh: name), by: key) }
        var lack: (error: LogError, note: String)?
        for count in witnesses.quorum...witnesses.quorum + Self.maximumSurplus {
            guard let note = try await note(cosignedBy: count, isFirst: lack == nil, fresh: name), note != lack?.note
            else { break }
            let target = try verify(note, by: key)
            guard let error = try Self.lack(in: note, of: witnesses) else { return target }
            lack = (error, note)
        }
        throw LogClientError(
            .badCheckpoint,
            "the server's checkpoint is not cosigned as was asked for: \(lack?.error.message ?? "it has no cosignatures")",
            nextStep: "nothing was written; check which witnesses the server has, or try again later"
        )
    }

    /// How it has too few cosignatures; nil when it has enough.
    private static func lack(in note: String, of witnesses: WitnessPolicy) throws -> LogError? {
        do {
            _ = try witnesses.check(note)
            return nil
        } catch let error where error.code == .notCosigned {
            return error
        }
    }

    /// nil when the server has not so many witnesses, and has given a checkpoint with fewer before.
    private func note(cosignedBy count: Int, isFirst: Bool, fresh name: String) async throws -> String? {
        do {
            return try await checkpoint(cosignedBy: count, fresh: name)
        } catch let error as LogClientError where !isFirst && error.isRefusal {
            return nil
        }
    }

    private func verify(_ note: String, by key: VerifierKey) throws(LogClientError) -> SignedCheckpoint {
        do {
            return try key.verify(note)
        } catch {
            throw LogClientError(
                .badCheckpoint,
                "the server's checkpoint is not one of this log: \(error.message)",
                nextStep: "nothing was written; check the address and the key"
            )
        }
    }
}

extension LogClientError {
    /// Whether there is no such checkpoint, or the server takes no request for one.
    fileprivate var isRefusal: Bool {
        guard let status = answer?.status else { return code == .notFound }
        return (400..<500).contains(status) && ![401, 403, 408, 425, 429].contains(status)
    }
}
