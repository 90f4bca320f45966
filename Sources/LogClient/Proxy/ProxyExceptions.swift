/// The hosts that are reached without a proxy, as `NO_PROXY` names them.
///
/// Between commas or spaces stand names, which mean their subdomains too, addresses, ranges of addresses such as
/// `192.0.2.0/24`, and `*` for everything. A name or an address with a port means that port only.
struct ProxyExceptions: Sendable {
    private let parts: [Substring]

    init(_ text: String) {
        parts = text.lowercased().split { $0 == "," || $0.isWhitespace }
    }

    /// Whether a host is one of them.
    func contains(_ host: String, port: Int) -> Bool {
        let host = Self.withoutDots(host[...])
        let address = IPAddress(host)
        return parts.contains { part in
            if part == "*" { return true }
            if let address {
                return Self.range(part, contains: address) || Self.hasPort(part, of: address, port: port)
            }
            let named = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard named.count == 1 || named[1] == "\(port)" else { return false }
            let domain = Self.withoutDots(named[0].hasPrefix("*.") ? named[0].dropFirst(2) : named[0])
            return !domain.isEmpty && (host == domain || host.hasSuffix("." + domain))
        }
    }

    private static func withoutDots(_ name: Substring) -> Substring {
        let name = name.hasPrefix(".") ? name.dropFirst() : name
        return name.hasSuffix(".") ? name.dropLast() : name
    }

    private static func range(_ text: Substring, contains address: IPAddress) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = IPAddress(unbracketed(parts[0])) else { return false }
        guard parts.count == 2 else { return first == address }
        guard let bits = Int(parts[1]), bits >= 0 else { return false }
        return first.isEqual(to: address, bits: bits)
    }

    private static func unbracketed(_ text: Substring) -> Substring {
        text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text
    }

    private static func hasPort(_ text: Substring, of address: IPAddress, port: Int) -> Bool {
        guard let authority = Authority(text), authority.port == port else { return false }
        return IPAddress(authority.host) == address
    }
}
