internal import AgendaModel
internal import EventLogTesting

/// Pushes to start from, and changes to them that keep most lines events.
enum PushSeeds {
    static func all() async throws -> [[UInt8]] {
        let fixture = try await PushFixture.shared.value
        let device = fixture.device
        let id = device.id
        func line(_ number: Int, _ data: String, _ type: String = "project.revised", _ subject: String? = nil) -> String
        {
            EventSeeds.event(
                data,
                type: type,
                subject: subject ?? "project/\(id)-2",
                id: number,
                source: device.rawValue,
                basis: 8
            )
        }
        let new = [
            line(7, #"{"title":"d"}"#),
            line(8, #"{"title":"Wind"}"#, "theme.opened", "theme/\(id)-8"),
            line(9, #"{"title":"e"}"#, "theme.revised", "theme/\(id)-8"),
            line(12, "{}"),
            line(13, #"{"title":"f"}"#, "project.revised", "project/\(id)-99"),
        ]
        let access = [line(20, "{}", "device.revoked", device.rawValue), line(21, #"{"title":"g"}"#)]
        let signed = [
            line(7, #"{"title":"d"}"#), line(8, fixture.signature, "device.signed", device.rawValue),
            line(9, fixture.signature, "device.signed", device.rawValue),
            line(
                10,
                fixture.signature.replacing(#""count":4"#, with: #""count":1e0"#),
                "device.signed",
                device.rawValue
            ),
        ]
        let pushes: [[String]] = [
            signed, [signed[2], signed[0]],
            new, fixture.sent, fixture.sent + new, [new[0], new[0], new[1], new[0]], [new[2], new[1]],
            [line(2, #"{"title":"x"}"#), new[0]], [line(3, "{}")], access, [String(new[0].dropLast()), new[1]], [],
            [line(9_007_199_254_740_991, "{}"), new[0]],
        ]
        return pushes.map { Array($0.joined(separator: "\n").utf8) }
    }

    static func reshape(_ input: inout [UInt8], _ random: inout SplitMix64, _ mutate: (inout [UInt8]) -> Void) {
        var lines = input.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        guard !lines.isEmpty else { return mutate(&input) }
        let at = Int.random(in: lines.indices, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: lines.insert(lines[at], at: Int.random(in: 0...lines.count, using: &random))
        case 1: lines.swapAt(at, Int.random(in: lines.indices, using: &random))
        case 2: lines.remove(at: at)
        case 3: renumber(&lines[at], &random)
        default: mutate(&lines[at])
        }
        input = Array(lines.joined(separator: [0x0A]))
    }

    /// Gives a line another counter, mostly one near to others.
    private static func renumber(_ line: inout [UInt8], _ random: inout SplitMix64) {
        let start = Array(#"{"specversion":"1.0","id":""#.utf8)
        guard line.starts(with: start) else { return }
        let digits = line.dropFirst(start.count).prefix { (0x30...0x39).contains($0) }
        let number = random.chance(0.9) ? Int.random(in: 1...24, using: &random) : 9_007_199_254_740_991
        line.replaceSubrange(digits.indices, with: String(number).utf8)
    }
}
