/// A number in decimal digits, without regard to how it is written: `1.50`, `1.5` and `15e-1` are equal.
///
/// The digits are those of JSON and of people alike; nothing else is a number, `0x10` and `inf` least of all.
package struct DecimalText: Equatable, Sendable {
    private var isNegative: Bool
    /// Without zeros at either end.
    private var digits: String
    /// What the digits, read as a whole number, are multiplied with, as a power of ten.
    private var exponent: Int

    /// Reads digits with, if need be, a sign, a point and an exponent; nil for anything else.
    package init?(_ text: String) {
        var rest = text[...]
        isNegative = rest.first == "-"
        if isNegative { rest = rest.dropFirst() }
        let parts = rest.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let number = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, number.count <= 2, number.allSatisfy(Self.isDigits) else { return nil }
        exponent = 0
        if parts.count == 2 {
            let isSigned = parts[1].first.map { $0 == "+" || $0 == "-" } ?? false
            guard Self.isDigits(parts[1].dropFirst(isSigned ? 1 : 0)), let value = Int(parts[1]),
                value.magnitude < Self.maximumExponent
            else { return nil }
            exponent = value
        }
        digits = number.joined()
        if number.count == 2 { exponent -= number[1].count }
        while digits.last == "0" {
            digits.removeLast()
            exponent += 1
        }
        digits = String(digits.drop { $0 == "0" })
        if digits.isEmpty { (isNegative, exponent) = (false, 0) }
    }

    /// Far beyond what a number can be.
    private static let maximumExponent: UInt = 1_000_000

    /// How many digits it has, without zeros at either end.
    package var digitCount: Int { digits.count }

    /// Whether it has no digits behind the point.
    package var isWhole: Bool { exponent >= 0 }

    /// The number that it is read as, if that is the very number that is written here.
    ///
    /// Numbers are kept in double precision (RFC 8785, section 3.2.2.3).
    package static func exactly(_ text: String) -> Double? {
        guard let written = DecimalText(text), let number = Double(text), number.isFinite,
            DecimalText("\(number)") == written
        else { return nil }
        return number
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}

extension JSONValue {
    /// The first number in it that would be read as another one than is written; nil when there is none.
    package var inexactNumber: String? {
        switch self {
        case .number(let text): DecimalText.exactly(text) == nil ? text : nil
        case .array(let values): values.lazy.compactMap(\.inexactNumber).first
        case .object(let members): members.lazy.compactMap(\.value.inexactNumber).first
        case .null, .bool, .string: nil
        }
    }
}
