/// A strong entity tag (RFC 9110 section 8.8.3).
struct EntityTag: Hashable, Sendable {
    /// With its quotation marks.
    let text: String

    /// - Parameter opaque: Visible characters without quotation marks.
    init(_ opaque: String) { text = "\"\(opaque)\"" }

    /// Whether `If-None-Match` names this tag; weak comparison, as that header asks for.
    func matches(_ ifNoneMatch: String?) -> Bool {
        guard let ifNoneMatch else { return false }
        return ifNoneMatch.split(separator: ",").contains { candidate in
            var tag = candidate.drop { $0 == " " || $0 == "\t" }
            while tag.last == " " || tag.last == "\t" { tag.removeLast() }
            if tag == "*" { return true }
            return (tag.hasPrefix("W/") ? tag.dropFirst(2) : tag) == text
        }
    }
}
