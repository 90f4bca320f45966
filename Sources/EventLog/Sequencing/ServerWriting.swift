internal import AgendaModel

/// What the server itself writes into a batch: its own events, enrolments, and changes of tokens.
struct ServerWriting {
    let environment: RuntimeEnvironment

    /// Adds events of the server, all of them or none.
    func take(
        _ events: [ServerEvent],
        into batch: inout Batch,
        cache: inout WriterCache
    ) throws -> PushVerdicts {
        var counter = try batch.lastCounters[.server] ?? cache.lastCounter(of: .server)
        var body: [UInt8] = []
        for event in events {
            counter = counter.next
            let line = event.line(
                counter: counter,
                time: batch.recordedTime,
                basis: batch.size,
                environment: environment
            )
            body += Array(line.utf8) + [Lines.newline]
        }
        let push = try Push(source: .server, body: body)
        return try PushSequencing.take(push, into: &batch, cache: &cache)
    }

    /// Revokes the devices that continue one that is revoked.
    func revokeDevicesLeftBehind(in batch: inout Batch, _ cache: inout WriterCache) throws {
        let events = batch.access.devicesLeftBehind.map { device in
            ServerEvent(type: "device.revoked", subject: device.rawValue, data: #"{"revoked":true}"#)
        }
        guard !events.isEmpty else { return }
        _ = try take(events, into: &batch, cache: &cache)
    }

    /// Adds a device's other token, or ends its other tokens.
    ///
    /// - Returns: the new token, when one was asked for.
    /// - Throws: `EnrolmentError` when the token is not good any more.
    func take(_ request: TokenRequest, into batch: inout Batch) throws -> String? {
        guard let device = batch.access.tokens[request.token], batch.access.role(ofDevice: device) != nil else {
            throw EnrolmentError(.revoked, "this token is not good any more")
        }
        endTokens(of: device, sparing: request.token, in: &batch)
        return request.isForAnother ? newToken(for: device, in: &batch) : nil
    }

    /// Gives a device a token; only its hash is kept.
    func newToken(for device: DeviceID, in batch: inout Batch) -> String {
        let token = Base64.encodeURL(environment.random(32))
        batch.change(.token(hash: Hash.sha256(Array(token.utf8)), device: device))
        return token
    }

    /// Ends all tokens of a device, but for the one with this hash.
    func endTokens(of device: DeviceID, sparing spared: Hash? = nil, in batch: inout Batch) {
        for (hash, owner) in batch.access.tokens where owner == device && hash != spared {
            batch.change(.tokenEnded(hash: hash))
        }
    }
}

/// Something about the tokens of the device that has this one.
struct TokenRequest: Sendable {
    /// SHA-256 of the token.
    var token: Hash
    /// Whether another one is asked for, or the end of all others.
    var isForAnother: Bool
}
