/// Non-negative whole numbers as the protocol writes them.
package enum DecimalNumber {
    /// 2^53-1, the greatest integer of I-JSON.
    package static let maximum = 1 << 53 - 1

    /// Digits only, no leading zeros, at most `maximum`; nil for anything else.
    package static func parse(_ text: some StringProtocol) -> Int? {
        let digits = text.utf8
        guard !digits.isEmpty, digits.count <= 16, digits.count == 1 || digits.first != UInt8(ascii: "0") else {
            return nil
        }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number <= maximum ? number : nil
    }
}
