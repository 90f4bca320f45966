internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// By what name requests of one address are counted together.
enum RemoteAddress {
    /// - Parameters:
    ///   - peer: the other end of the connection; nil where there is no socket.
    ///   - headers: of the request.
    ///   - proxies: addresses whose word on where a request came from is believed.
    ///   - onUnreadable: called when a trusted proxy says something that is no address.
    /// - Returns: an IPv4 address; of an IPv6 address the network, because its owner has all of it.
    static func key(
        peer: SocketAddress?,
        _ headers: HTTPFields,
        trusting proxies: Set<String>,
        onUnreadable: () -> Void = {}
    ) -> String {
        guard let peer else { return "-" }
        var key = key(of: peer)
        guard !proxies.isEmpty, proxies.contains(text(of: peer)) else { return key }
        // Each proxy adds at the end the address that it was called from: what stands before the first untrusted one
        // may be anybody's invention.
        let hops = headers[values: .xForwardedFor].flatMap { $0.split(separator: ",") }
        for hop in hops.reversed() {
            guard let address = addressWithPort(String(hop)) ?? address(String(hop)) else {
                onUnreadable()
                break
            }
            key = Self.key(of: address)
            guard proxies.contains(text(of: address)) else { break }
        }
        return key
    }

    /// Under what name connections from there are counted together.
    ///
    /// It is nil where there is no address, and for those of trusted proxies, who have all their clients'.
    static func key(ofConnection peer: SocketAddress?, trusting proxies: Set<String>) -> String? {
        guard let peer, peer.ipAddress != nil, !proxies.contains(text(of: peer)) else { return nil }
        return key(of: peer)
    }

    /// An address as a proxy writes it, or a person who names one: IPv6 also in brackets.
    static func address(_ text: String) -> SocketAddress? {
        var text = text.filter { $0 != " " && $0 != "\t" }
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        return try? SocketAddress(ipAddress: text, port: 0)
    }

    /// An address with a port after it, as some proxies write it: `198.51.100.7:1234`, `[2001:db8::1]:1234`.
    private static func addressWithPort(_ text: String) -> SocketAddress? {
        guard let colon = text.lastIndex(of: ":"), UInt16(text[text.index(after: colon)...].filter { $0 != " " }) != nil
        else { return nil }
        let host = text[..<colon]
        // What is left of an IPv6 address without brackets may be an address too, but not the one that was meant.
        return host.contains(":") && host.last != "]" ? nil : address(String(host))
    }

    /// The one form in which addresses are compared.
    static func text(of address: SocketAddress) -> String {
        let bytes = bytes(of: address)
        return bytes.map(String.init).joined(separator: bytes.count == 4 ? "." : ":")
    }

    private static func key(of address: SocketAddress) -> String {
        let bytes = bytes(of: address)
        return bytes.count == 16
            ? bytes.prefix(8).map(String.init).joined(separator: ":") : text(of: address)
    }

    /// 4 bytes of an IPv4 address, also of one that is written in IPv6, else 16; none for other sockets.
    private static func bytes(of address: SocketAddress) -> [UInt8] {
        guard let text = address.ipAddress else { return [] }
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        // Without the interface that a link-local address names.
        guard inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &bytes) == 1 else { return [] }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes.suffix(4)) : bytes
    }
}

extension ServerOptions {
    /// Whether the text is an IP address, as `trustedProxies` takes them.
    package static func isAddress(_ text: String) -> Bool { RemoteAddress.address(text) != nil }
}

extension HTTPField.Name {
    static let xForwardedFor = Self.checked("X-Forwarded-For")
}
