/// A list with q-values, as `Accept` and `Accept-Encoding` have it (RFC 9110 section 12.4.2).
///
/// Parts that cannot be read are skipped: a header that a proxy has mangled must not make a server unreachable.
package struct QualityList: Hashable, Sendable {
    /// Lower-case values with their quality in thousandths, 0 to 1,000.
    package private(set) var items: [(value: String, quality: Int)] = []

    package init(_ header: String) {
        for part in header.split(separator: ",").prefix(Self.maximumCount) {
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

    private static let maximumCount = 64

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
