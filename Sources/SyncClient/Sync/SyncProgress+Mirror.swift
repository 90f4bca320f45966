package import LogClient

extension SyncProgress {
    /// What a mirror does, in the words of a sync.
    package init(_ progress: MirrorProgress) {
        switch progress {
        case .checking: self = .checking
        case .fetching(let size, let whole): self = .pulling(size: size, of: whole)
        case .waiting(let delay, let error):
            self = .waiting(seconds: delay / .seconds(1), because: WaitReason(ReplicaError(error)))
        }
    }
}
