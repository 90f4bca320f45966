import EventLogTesting
import Testing

@testable import Projections

@Suite("A sum without rounding")
struct ExactSumTests {
    private static func finite(_ random: inout SplitMix64) -> Double {
        while true {
            let number = Double(bitPattern: random.next())
            if number.isFinite { return number }
        }
    }

    @Test("Of two numbers it is what the processor rounds their sum to", arguments: 1...4)
    func two(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2000 {
            let left = Self.finite(&random)
            // Near enough to have bits in common, half of the time.
            let right =
                Bool.random(using: &random) ? Self.finite(&random) : left * Double.random(in: -3...3, using: &random)
            guard right.isFinite else { continue }
            var sum = ExactSum()
            sum.add(left)
            sum.add(right)
            #expect(sum.value == left + right, "seed \(seed): \(left) + \(right)")
            #expect(ExactSum(text: sum.text) == sum)
        }
    }

    @Test("It is the same in any order, in parts, and nothing once all has gone again", arguments: 1...20)
    func order(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let numbers = (0..<50).map { _ in Self.finite(&random) }
        var (forth, shuffled, rest, part) = (ExactSum(), ExactSum(), ExactSum(), ExactSum())
        for number in numbers { forth.add(number) }
        for number in numbers.shuffled(using: &random) { shuffled.add(number) }
        for (index, number) in numbers.enumerated() { if index % 3 == 0 { part.add(number) } else { rest.add(number) } }
        #expect(forth == shuffled, "seed \(seed)")
        #expect(part + rest == forth, "seed \(seed)")
        for number in numbers.shuffled(using: &random) { forth.subtract(number) }
        #expect(forth == ExactSum(), "seed \(seed)")
        #expect(forth.value == 0)
    }

    @Test("Many small ones count beside a large one")
    func small() {
        var sum = ExactSum()
        sum.add(1e16)
        for _ in 0..<1000 { sum.add(0.125) }
        sum.subtract(1e16)
        #expect(sum.value == 125)
    }

    @Test("Other texts are none", arguments: ["", "1", ":", "x:1", "0:a", "99:1", "1:99999999999"])
    func texts(text: String) {
        #expect(ExactSum(text: text) == nil)
    }
}
