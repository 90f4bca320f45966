/// A fast hash of short byte strings, seeded once per process so that nobody can prepare collisions.
enum ByteHash {
    private static let seed = UInt64.random(in: .min ... .max)
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The seed, to be read once before a loop.
    static var currentSeed: UInt64 { seed }

    @inline(__always)
    static func hash(_ bytes: UnsafePointer<UInt8>, count: Int, seed: UInt64) -> UInt64 {
        let raw = UnsafeRawPointer(bytes)
        var state = seed ^ UInt64(truncatingIfNeeded: count) &* multiplier
        var at = 0
        while count &- at >= 8 {
            state = mix(state ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            at &+= 8
        }
        var rest: UInt64 = 0
        if count &- at >= 4 {
            rest = UInt64(raw.loadUnaligned(fromByteOffset: at, as: UInt32.self))
            at &+= 4
        }
        while at < count {
            rest = rest << 8 | UInt64(bytes[at])
            at &+= 1
        }
        return mix(state ^ rest)
    }

    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0xD6E8_FEB8_6659_FD93).multipliedFullWidth(by: multiplier)
        return product.high ^ product.low
    }
}
