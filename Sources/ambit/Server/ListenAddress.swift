/// An address to listen on, as it is given on the command line.
enum ListenAddress {
    /// Reads `host:port`, `[v6]:port`.
    static func parse(_ text: String) throws -> (host: String, port: Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port), colon > text.startIndex
        else { throw Failure.usage("\"\(text)\" is not of the form host:port.") }
        let host = text[..<colon].trimmingPrefix("[")
        return (String(host.hasSuffix("]") ? host.dropLast() : host), port)
    }
}
