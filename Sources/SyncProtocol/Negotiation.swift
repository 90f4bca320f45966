/// A list with q-values, as `Accept` and `Accept-Encoding` have it (RFC 9110 section 12.4.2).
///
/// Parts that cannot be read are skipped: a header that a proxy has mangled must not make a server unreachable.
package struct QualityList: Hashable, Sendable {
    /// Lower-case values with their quality in thousandths, 0 to 1,000.
    package private(set) var items: [(value: String, quality: Int)] = []

    package init(_ header: String) {
        for part in header.split(separator: ",").prefix(Self.greatestCount) {
            var fields = part.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
            let value = fields.removeFirst().lowercased()
            guard !value.isEmpty else { continue }
            var quality = 1000
            for field in fields where field.lowercased().hasPrefix("q=") {
                quality = Self.quality(field.dropFirst(2)) ?? 0
            }
            items.append((value, quality))
        }
    }

    /// The quality that the list gives to a value: of the first pattern that it matches, nil when none does.
    package func quality(of patterns: String...) -> Int? {
        for pattern in patterns {
            if let item = items.first(where: { $0.value == pattern }) { return item.quality }
        }
        return nil
    }

    package static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.items.elementsEqual(rhs.items) { $0.value == $1.value && $0.quality == $1.quality }
    }

    package func hash(into hasher: inout Hasher) {
        for item in items {
            hasher.combine(item.value)
            hasher.combine(item.quality)
        }
    }

    private static let greatestCount = 64

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    /// `0`, `0.5`, `1.000`: at most three decimals, at most 1.
    private static func quality(_ text: Substring) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, whole == "0" || whole == "1" else { return nil }
        var thousandths = whole == "1" ? 1000 : 0
        guard parts.count == 2 else { return thousandths }
        var unit = 100
        guard parts[1].utf8.count <= 3 else { return nil }
        for byte in parts[1].utf8 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            thousandths += Int(byte - UInt8(ascii: "0")) * unit
            unit /= 10
        }
        return thousandths <= 1000 ? thousandths : nil
    }
}

/// How an answer's bytes may be wrapped.
package enum ContentCoding: String, Hashable, Sendable {
    case gzip
    case identity

    /// The coding to use for a request with this `Accept-Encoding`: gzip when it is accepted and not liked less than
    /// identity.
    ///
    /// A client that refuses both gets identity: an answer that it may still read is better than none.
    package static func negotiated(_ acceptEncoding: String?) -> ContentCoding {
        guard let acceptEncoding else { return .identity }
        let list = QualityList(acceptEncoding)
        let gzip = list.quality(of: "gzip", "x-gzip", "*") ?? 0
        guard gzip > 0 else { return .identity }
        // What the list does not name is acceptable as identity, but liked least.
        let identity = list.quality(of: "identity") ?? 0
        return gzip >= identity ? .gzip : .identity
    }
}

/// The forms in which entries can be pulled.
package enum PullForm: String, Hashable, Sendable {
    /// Segment members, `application/gzip`.
    case members
    /// One line per entry, `application/x-ndjson`.
    case ndjson

    /// The form for a request with this `Accept`: members only for who asks for them by name and does not like lines
    /// better; nil when neither is acceptable.
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
