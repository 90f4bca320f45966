internal import HTTPTypes

/// What a request says of the trace that it is part of: the header `traceparent` (W3C Trace Context, section 3.2).
struct TraceParent {
    /// 32 hexadecimal digits; nil for a header that is not of the form.
    let trace: String?

    /// nil without such a header.
    init?(_ headers: HTTPFields) {
        guard let header = headers[.traceParent] else { return nil }
        let parts = header.split(separator: "-", omittingEmptySubsequences: false)
        let lengths = [2, 32, 16, 2]
        let isSound =
            parts.count >= 4 && parts[0] != "ff"
            && zip(parts, lengths).allSatisfy { part, length in
                part.utf8.count == length && part.utf8.allSatisfy { Self.digits.contains($0) }
            }
        trace = isSound && parts[1].contains(where: { $0 != "0" }) ? String(parts[1]) : nil
    }

    private static let digits = Set("0123456789abcdef".utf8)
}

extension HTTPField.Name {
    static let traceParent = Self.checked("traceparent")
}
