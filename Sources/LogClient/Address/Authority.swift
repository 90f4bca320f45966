/// The part of an address that names a machine, `host[:port]`: section 3.2 of RFC 3986, without user information.
package struct Authority: Hashable, Sendable {
    /// In lower case; of an IPv6 address without its brackets.
    package let host: String
    /// 1 to 65535; nil when none was given.
    package let port: Int?

    /// - Returns: nil for a host or a port that there cannot be.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let end = bytes.firstIndex(of: UInt8(ascii: "]"))
        let colon = bytes[(end ?? bytes.startIndex)...].firstIndex(of: UInt8(ascii: ":"))
        let name = String(decoding: bytes[..<(colon ?? bytes.endIndex)], as: UTF8.self).lowercased()
        if let end {
            guard bytes.first == UInt8(ascii: "["), end + 1 == colon ?? bytes.endIndex else { return nil }
            host = String(name.dropFirst().dropLast())
            guard IPAddress(host)?.isVersion6 == true else { return nil }
        } else {
            guard Self.isName(name) else { return nil }
            host = name
        }
        guard let colon else {
            port = nil
            return
        }
        guard let number = Self.port(bytes[(colon + 1)...]) else { return nil }
        port = number
    }

    /// Reads a port: 1 to 65535.
    private static func port(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...5).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        return (1...65_535).contains(number) ? number : nil
    }

    /// Whether a text can be a name in the DNS (RFC 1035, section 2.3.4), or is an IPv4 address.
    private static func isName(_ text: String) -> Bool {
        let labels = (text.hasSuffix(".") ? text.dropLast() : text[...]).split(
            separator: ".",
            omittingEmptySubsequences: false
        )
        guard text.utf8.count <= 253, labels.allSatisfy({ (1...63).contains($0.utf8.count) }),
            text.utf8.allSatisfy(isInName)
        else { return false }
        // Numbers at the end are an address, and never a part of one.
        let isNumber = labels.last?.utf8.allSatisfy { (0x30...0x39).contains($0) } == true
        return !isNumber || IPAddress(text) != nil
    }

    private static func isInName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Whether what is sent there does not leave the machine.
    package var isLoopback: Bool {
        let name = host.hasSuffix(".") ? host.dropLast() : host[...]
        return name == "localhost" || name.hasSuffix(".localhost") || IPAddress(host)?.isLoopback == true
    }
}
