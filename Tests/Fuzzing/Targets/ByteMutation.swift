package import EventLogTesting

/// Changes bytes without knowing what they mean, as fuzzers do.
package enum ByteMutation {
    /// Pieces of JSON, UTF-8 and numbers at which readers go wrong.
    private static let pieces: [[UInt8]] =
        [
            "\"", "\\", "{", "}", "[", "]", ":", ",", " ", "\n", "\r", "0", "-", ".", "e5", "null", "true", "\\u0061",
            "\\ud83d\\ude00", "\\ud800", "\\/", "é", "e\u{301}", "😀", "{}", "[]", "\"a\":1,", ",\"a\":1", "1e400",
            "9007199254740993", "18446744073709551616", "-1", "+1", "01", "~", "/", "%00", "\u{212A}", "\u{85}",
        ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0x80], [0], [0xEF, 0xBB, 0xBF]]

    /// Changes one to three places.
    package static func mutate(_ input: inout [UInt8], _ random: inout SplitMix64) {
        for _ in 0..<Int.random(in: 1...3, using: &random) { change(&input, &random) }
    }

    /// Mutates in the terms of the target's format, where it has one, or in bytes.
    package static func mutate(_ input: inout [UInt8], for target: FuzzTarget, _ random: inout SplitMix64) {
        guard let reshape = target.reshape, random.chance(0.5) else { return mutate(&input, &random) }
        var bytes = SplitMix64(seed: random.next())
        reshape(&input, &random) { mutate(&$0, &bytes) }
    }

    private static func change(_ input: inout [UInt8], _ random: inout SplitMix64) {
        let at = Int.random(in: 0...input.count, using: &random)
        let end = min(input.count, at + Int.random(in: 1...12, using: &random))
        switch Int.random(in: 0..<7, using: &random) {
        case 0 where at < input.count: input[at] = UInt8.random(in: .min ... .max, using: &random)
        case 1 where at < input.count: input[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: input.removeSubrange(at..<end)
        case 3: input.insert(contentsOf: Array(input[at..<end]), at: Int.random(in: 0...input.count, using: &random))
        case 4: input.removeSubrange(at...)
        default: input.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
        }
    }
}
