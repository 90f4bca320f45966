/// A sum of numbers without rounding: the same in whatever order they come and go.
///
/// It is a fixed-point number with room for every number of IEEE 754's binary64 (Kulisch's accumulator). Only the part
/// of it that is not zero is kept.
struct ExactSum: Hashable {
    /// Limbs of 32 bits, the least first; the last one has the sign.
    ///
    /// None stand for zero.
    private var limbs: [Int64] = []
    /// Limb i has the weight 2^(32 * (first + i) - 1088).
    private var first = 0

    private static let bits = 32
    private static let mask: Int64 = 0xFFFF_FFFF
    /// Below the last bit of the least binary64, 2^-1074, at the start of a limb.
    private static let lowestExponent = -1088
    /// The exponent of a binary64's last bit is its biased exponent less this.
    private static let exponentBias = 1075

    /// - Parameter number: finite.
    mutating func add(_ number: Double) { add(number, sign: 1) }

    mutating func subtract(_ number: Double) { add(number, sign: -1) }

    static func + (left: ExactSum, right: ExactSum) -> ExactSum {
        guard !right.limbs.isEmpty else { return left }
        var sum = left
        sum.makeRoom(for: right.first..<right.first + right.limbs.count)
        for (index, limb) in right.limbs.enumerated() { sum.limbs[right.first - sum.first + index] += limb }
        sum.normalize()
        return sum
    }

    private mutating func add(_ number: Double, sign: Int64) {
        guard number.isFinite, number != 0 else { return }
        let exponent = max(Int(number.exponentBitPattern), 1)
        let significand = number.significandBitPattern | (number.exponentBitPattern == 0 ? 0 : 1 << 52)
        let shift = exponent - Self.exponentBias - Self.lowestExponent
        let (index, offset) = (shift / Self.bits, shift % Self.bits)
        let low = Int64((significand & 0xFFFF_FFFF) << offset)
        let high = Int64((significand >> 32) << offset)
        let sign = number < 0 ? -sign : sign
        makeRoom(for: index..<index + 3)
        limbs[index - first] += sign * (low & Self.mask)
        limbs[index - first + 1] += sign * (low >> 32 + high & Self.mask)
        limbs[index - first + 2] += sign * (high >> 32)
        normalize()
    }

    private mutating func makeRoom(for range: Range<Int>) {
        if limbs.isEmpty { first = range.lowerBound }
        if range.lowerBound < first {
            limbs.insert(contentsOf: repeatElement(0, count: first - range.lowerBound), at: 0)
            first = range.lowerBound
        }
        let missing = range.upperBound - first - limbs.count
        if missing > 0 { limbs += repeatElement(0, count: missing) }
    }

    /// Gives equal sums equal limbs: in two's complement, without zeros at either end.
    private mutating func normalize() {
        Self.carry(in: &limbs)
        while limbs.count > 1, limbs.last == -1, limbs[limbs.count - 2] != 0 {
            limbs.removeLast()
            limbs[limbs.count - 1] -= Self.mask + 1
        }
        let zeros = limbs.prefix { $0 == 0 }.count
        limbs.removeFirst(zeros)
        first = limbs.isEmpty ? 0 : first + zeros
    }

    /// Leaves 32 bits in each limb but the last, which is not zero.
    private static func carry(in limbs: inout [Int64]) {
        var carry: Int64 = 0
        for index in limbs.indices {
            let limb = limbs[index] + carry
            limbs[index] = limb & mask
            carry = limb >> 32
        }
        if carry != 0 { limbs.append(carry) }
        while limbs.last == 0 { limbs.removeLast() }
    }

    /// The nearest binary64; of two that are as near, the even one.
    var value: Double {
        guard let last = limbs.last else { return 0 }
        var magnitude = limbs
        if last < 0 {
            magnitude = magnitude.map { -$0 }
            Self.carry(in: &magnitude)
        }
        let top = magnitude.suffix(3).reversed().map { UInt64($0) } + [0, 0]
        let zeros = top[0].leadingZeroBitCount - 32
        var leading = (top[0] << 32 | top[1]) << zeros | (top[2] << zeros) >> 32
        // Whatever lies below decides between two that are as near.
        let isMore = (top[2] << zeros) & 0xFFFF_FFFF != 0 || magnitude.dropLast(3).contains { $0 != 0 }
        if isMore { leading |= 1 }
        let exponent = Self.bits * (first + magnitude.count - 2) + Self.lowestExponent - zeros
        return Double(sign: last < 0 ? .minus : .plus, exponent: exponent, significand: Double(leading))
    }

    /// `<first>:<limb>,<limb>…`; equal sums have equal texts.
    var text: String { "\(first):\(limbs.map(String.init).joined(separator: ","))" }

    init() {}

    /// nil for what is not such a text.
    init?(text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = Int(parts[0]), (0..<80).contains(first) else { return nil }
        let limbs = parts[1].split(separator: ",").map { Int64($0) }
        guard limbs.allSatisfy({ $0.map { abs($0) <= Self.mask + 1 } ?? false }) else { return nil }
        self.first = first
        self.limbs = limbs.compactMap { $0 }
    }
}
