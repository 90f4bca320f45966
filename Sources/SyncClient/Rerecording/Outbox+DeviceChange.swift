internal import AgendaModel
internal import EventLog
internal import EventLogSQLite

extension Outbox {
    /// Gives the events of other devices the identity of this one, and has what mentions their subjects follow.
    ///
    /// Pending events follow at once, refused ones when they are re-recorded.
    ///
    /// Signatures of the former device go.
    ///
    /// - Parameters:
    ///   - device: whose.
    ///   - startsAnew: whether the device has recorded nothing yet.
    ///   - facts: what the replica keeps of it, in the same transaction.
    /// - Returns: how many events were changed.
    /// - Throws: `ReplicaError`, or what the store throws; then nothing was changed.
    func move(
        to device: DeviceID,
        startingAnew startsAnew: Bool = false,
        setting facts: [String: String?] = [:]
    ) throws -> Int {
        var rewriter = EventRewriter()
        var mentions = EventMentions()
        return try rewrite(startingAnew: startsAnew, dropping: DeviceSignature.typeAttribute) { item in
            if item.isFrom(device), !rewriter.affects(mentions.summary(of: item.event)) { return nil }
            return try rewriter.rewrite(item.event, source: device, counter: item.counter)
        } setting: { present, refused in
            let mentioned = refused.flatMap { mentions.summary(of: $0.event)?.mentions ?? [] }
            let names = IDMapping(present).facts(following: rewriter.mapping, mentioned: Set(mentioned))
            return facts.merging(names) { fact, _ in fact }
        }
    }
}

extension Outbox.Item {
    /// Whether the event says that it is of this device; also true of lines that are no events, which say nothing.
    func isFrom(_ device: DeviceID) -> Bool {
        var reader = EventReader()
        return event.withUnsafeBufferPointer { bytes in
            guard let attributes = try? reader.read(bytes, as: .event) else { return true }
            return bytes[attributes.source].elementsEqual(device.rawValue.utf8)
        }
    }

    /// Whether it is a device's signature on its entries, and nothing that people recorded.
    ///
    /// What is recorded here has its type in front of everything that may be long.
    var isSignature: Bool { Outbox.isSignature(event) }
}

extension Outbox.StoredLine {
    /// As of an item.
    var isSignature: Bool { Outbox.isSignature(bytes) }
}

extension Outbox {
    private static let signature = BytePattern(bytes: DeviceSignature.typeAttribute)

    fileprivate static func isSignature(_ line: [UInt8]) -> Bool {
        signature.isPart(of: Array(line.prefix(128)))
    }
}
