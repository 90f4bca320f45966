internal import AgendaModel
internal import EventLog

extension WatchMachine {
    mutating func failed(_ error: ReplicaError, hasProgressed: Bool, _ jitter: Double) -> Action {
        // Somebody else syncs this replica: no failure, and what is open stays so.
        if error.code == .syncRunning {
            let delay = Duration.milliseconds(250) * (1 + jitter)
            return .rest(delay, least: delay, because: WaitReason(error))
        }
        // Whatever something in between says of a pull: it may let it through later.
        guard error.isHeldUpPull || Self.isTransient(error.code) else { return .stop(error) }
        lastFailure = error.code
        if !error.isHeldUpPull { heldUpPulls = 0 } else if !hasProgressed { heldUpPulls += 1 }
        if hasProgressed { failures = 0 }
        return rest(jitter, because: WaitReason(error), asked: error.retryAfter)
    }

    mutating func rest(_ jitter: Double, because reason: WaitReason, asked: Duration? = nil) -> Action {
        close()
        failures += 1
        // A disk that fails is left alone for longer than a network.
        let isOfDisk = reason.code == .inputOutput
        let delay = isOfDisk ? options.maximumDelay : options.backoff.delay(afterFailures: failures, draw: jitter)
        let least = options.minimum(of: delay, asked: asked)
        return .rest(max(delay, retry, least), least: least, because: reason)
    }

    /// What a laptop meets that is carried about: it may go by without anybody doing anything.
    ///
    /// A disk may misbehave for a moment, or be one of the network's that is away.
    static func isTransient(_ code: ReplicaError.Code) -> Bool {
        switch code {
        case .unreachable, .tooSlow, .unavailable, .notAnAmbitServer, .insecure, .locked, .diskFull, .inputOutput: true
        default: false
        }
    }
}
