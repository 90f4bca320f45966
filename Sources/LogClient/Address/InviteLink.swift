/// An invite with the address of its agenda, in one text that people pass on: `https://host/agendas/name#invite=CODE`.
///
/// What follows `#` is sent to no server by a browser that opens it: RFC 3986, section 3.5.
package struct InviteLink: Hashable, Sendable {
    /// The agenda's.
    package var address: String
    package var code: String

    private static let mark = "#invite="

    package init(address: String, code: String) {
        self.address = address
        self.code = code
    }

    /// nil for a text without a code.
    package init?(_ text: String) {
        guard let mark = text.firstRange(of: Self.mark), mark.upperBound < text.endIndex else { return nil }
        address = String(text[..<mark.lowerBound])
        code = String(text[mark.upperBound...])
    }

    package var text: String { address + Self.mark + code }
}
