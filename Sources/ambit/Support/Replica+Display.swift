import SyncClient

extension Replica {
    /// Runs the body with an admin's decisions, and shows what happens meanwhile.
    func administering<Value>(_ body: (ReplicaAdministration) async throws -> Value) async throws -> Value {
        try await SyncDisplay.during { display in
            try await body(
                administration { progress in
                    switch progress {
                    case .syncing(let step): display.show(step)
                    case .outdated(let reason): display.showOutdated(because: reason)
                    }
                }
            )
        }
    }

    /// Brings over what others have recorded before something is decided on it, and says so where that cannot be done.
    func pullAndShow() async throws {
        try await SyncDisplay.during { display in
            if let reason = try await pull(progress: { display.show($0) }) { display.showOutdated(because: reason) }
        }
    }
}

extension SyncDisplay {
    fileprivate func showOutdated(because reason: ReplicaError) {
        finish()
        Output.note("ambit: what others have recorded since the last sync could not be brought over: \(reason.message)")
    }
}
