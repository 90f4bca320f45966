internal import SyncProtocol

/// The part of an answer that a request asks for: RFC 9110, section 14.
enum ByteRange: Hashable {
    /// All of it: nothing else was asked for, or several parts, or in words that are not understood.
    case whole
    /// These bytes; at least one.
    case part(Range<Int>)
    /// None that there are.
    case unsatisfiable

    /// - Parameters:
    ///   - header: the request's `Range`.
    ///   - length: of the whole, in bytes.
    init(_ header: String?, of length: Int) {
        self = .whole
        guard let header, header.lowercased().hasPrefix("bytes=") else { return }
        let parts = header.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " && $0 != "\t" } }
        guard parts.count == 2 else { return }
        if parts[0].isEmpty {
            guard let count = DecimalNumber.parse(parts[1]) else { return }
            self = count == 0 || length == 0 ? .unsatisfiable : .part(max(0, length - count)..<length)
            return
        }
        guard let first = DecimalNumber.parse(parts[0]) else { return }
        guard !parts[1].isEmpty else {
            self = first < length ? .part(first..<length) : .unsatisfiable
            return
        }
        guard let last = DecimalNumber.parse(parts[1]), first <= last else { return }
        self = first < length ? .part(first..<min(last + 1, length)) : .unsatisfiable
    }
}
