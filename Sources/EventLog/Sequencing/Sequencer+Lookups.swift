internal import AgendaModel
internal import Dispatch
internal import Synchronization

/// What is looked up in the store beside the writer: nobody waits for the writer to learn what is in the store anyway.
extension Sequencer {
    /// Waits until no earlier push of this source is being worked on.
    ///
    /// What is looked up for the next one has to have seen all of it.
    func begin(_ source: EventSource) async {
        await withCheckedContinuation { continuation in
            let isFirst = withLoad { waiting in
                guard waiting.successors[source] != nil else {
                    waiting.successors[source] = []
                    return true
                }
                waiting.successors[source]?.append(continuation)
                return false
            }
            if isFirst { continuation.resume() }
        }
    }

    func end(_ source: EventSource) {
        let next = withLoad { waiting in
            guard let line = waiting.successors[source], !line.isEmpty else {
                waiting.successors[source] = nil
                return nil as CheckedContinuation<Void, Never>?
            }
            // On its way to be looked up.
            return waiting.successors[source]?.removeFirst()
        }
        next?.resume()
    }

    /// What the log has of a push already; nil when it cannot be told: then the writer asks itself.
    func lookUp(_ push: Push, for owner: MemberID?) async -> PushLookup? {
        if let known = PushLookup(of: push, in: memory) { return known }
        withLoad { $0.lookups += 1 }
        defer { withLoad { $0.lookups -= 1 } }
        let (access, device) = (access, push.source.device)
        let signed = device.flatMap { access.devices[$0]?.signedThrough }
        let role = device.flatMap { access.role(ofDevice: $0) }
        let begun = await look { [store, memory] in
            var lookup = try PushLookup(of: push, in: store, knowing: memory)
            let isShort = lookup.isShort(for: push)
            if isShort { try lookup.fill(for: push, in: store, teaching: memory, signedThrough: signed, role: role) }
            return (lookup: lookup, isWhole: isShort)
        }
        guard let begun, !begun.isWhole else { return begun?.lookup }
        return try? await heavyWork.run(for: "\(store.identity.origin) \(owner?.rawValue ?? "")") { [store, memory] in
            var lookup = begun.lookup
            try lookup.fill(for: push, in: store, teaching: memory, signedThrough: signed, role: role)
            return lookup
        }
    }

    /// The member whose device has this token; nil for nobody in particular.
    func owner(_ token: Hash?) -> MemberID? {
        guard let token else { return nil }
        return published.withLock { published in
            published.access.tokens[token].flatMap { published.access.devices[$0]?.member }
        }
    }

    /// Whether the store has other than what is published, or it cannot be told.
    func differsFromStore() async -> Bool {
        guard standing.takesEntries else { return true }
        withLoad { $0.lookups += 1 }
        defer { withLoad { $0.lookups -= 1 } }
        let stored = await look { [store] in (size: try store.head().size, version: try store.accessVersion()) }
        guard let stored else { return true }
        return published.withLock { $0.head.size != stored.size || $0.access.version != stored.version }
    }

    /// Has something looked up in the store, beside the writer.
    ///
    /// - Parameter body: the look; may block, for a moment.
    /// - Returns: what it gives; nil when it throws.
    private func look<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async -> Value? {
        await withCheckedContinuation { continuation in
            looking.async { continuation.resume(returning: try? body()) }
        }
    }
}
