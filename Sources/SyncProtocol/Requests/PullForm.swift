/// The forms in which entries can be pulled.
package enum PullForm: String, Hashable, Sendable {
    /// Segment members, `application/gzip`.
    case members
    /// One line per entry, `application/x-ndjson`.
    case ndjson

    /// The form for a request with this `Accept`; nil when neither is acceptable.
    ///
    /// A client gets segment members only if it asks for them by name and does not prefer lines.
    package static func negotiated(_ accept: String?) -> PullForm? {
        guard let accept else { return .ndjson }
        let list = QualityList(accept)
        if list.items.isEmpty { return .ndjson }
        let members = list.quality(of: ProtocolConstants.members) ?? 0
        let lines = list.quality(of: ProtocolConstants.ndjson, "application/*", "*/*") ?? 0
        let linesByName = list.quality(of: ProtocolConstants.ndjson) ?? 0
        if members > 0, members >= linesByName { return .members }
        return lines > 0 ? .ndjson : nil
    }
    /// Whether a request with this `Accept` asks for entries as they come: by name, and not liked less than another.
    package static func isLive(_ accept: String?) -> Bool {
        guard let accept else { return false }
        let list = QualityList(accept)
        guard let live = list.quality(of: ProtocolConstants.eventStream), live > 0 else { return false }
        return live >= list.quality(of: ProtocolConstants.members) ?? 0
            && live >= list.quality(of: ProtocolConstants.ndjson) ?? 0
    }
}
