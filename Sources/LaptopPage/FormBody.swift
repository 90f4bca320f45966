internal import SyncProtocol

/// The fields of a form, as browsers send them (`application/x-www-form-urlencoded`).
struct FormBody {
    /// By name; of several of one name the last.
    let fields: [String: String]

    /// nil for what is no form of ours.
    init?(_ bytes: [UInt8]) {
        guard bytes.count(where: { $0 == UInt8(ascii: "&") }) < Self.maximumFieldCount else { return nil }
        var fields: [String: String] = [:]
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0], plusIsSpace: true),
                let value = PercentEncoding.decode(parts.count == 2 ? parts[1] : "", plusIsSpace: true)
            else { return nil }
            // Browsers end the lines of a text with both characters.
            fields[name] = value.replacing("\r\n", with: "\n")
        }
        self.fields = fields
    }

    /// In bytes: a text has at most 60,000, each of which takes three in a form, once as it is and once as it was.
    static let maximumLength = 1 << 21
    /// In bytes, of whoever is not let in: one long text, as it is and as it was.
    static let maximumLengthOfStrangers = 1 << 19
    /// No form has more fields.
    private static let maximumFieldCount = 1000
}
