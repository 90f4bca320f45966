#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// An address of a machine, in numbers.
struct IPAddress: Hashable, Sendable {
    /// In the order of the network: 4 of them, or 16.
    let bytes: [UInt8]

    /// - Parameter text: `192.0.2.1` or `2001:db8::1`, without brackets and zone.
    init?(_ text: some StringProtocol) {
        let text = String(text)
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.bytes = Array(bytes.prefix(4))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    var isVersion6: Bool { bytes.count == 16 }

    /// Whether it never leaves the machine.
    var isLoopback: Bool { isVersion6 ? bytes == Array(repeating: 0, count: 15) + [1] : bytes[0] == 127 }

    /// Whether the first bits are those of another address of the same version.
    func isEqual(to other: IPAddress, bits: Int) -> Bool {
        guard bytes.count == other.bytes.count, bits <= bytes.count * 8 else { return false }
        return bytes.indices.allSatisfy { index in
            let missing = min(8, max(0, 8 * (index + 1) - bits))
            return (bytes[index] ^ other.bytes[index]) >> missing == 0
        }
    }
}
