/// The query of a request: names that the route knows, each at most once, values decoded from their percent-encoding.
package struct QueryParameters: Hashable, Sendable {
    private var values: [String: String] = [:]

    /// - Parameters:
    ///   - query: What follows the question mark; nil when there is none.
    ///   - known: The names that the route takes.
    /// - Throws: `bad-request` for unknown and repeated names and for encodings that are none.
    package init(_ query: String?, known: Set<String>) throws(ProblemDetails) {
        guard let query else { return }
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0]), known.contains(name) else {
                let names = known.sorted().map { "`\($0)`" }.joined(separator: ", ")
                throw ProblemDetails(
                    .badRequest,
                    known.isEmpty
                        ? "This address takes no query parameters." : "The query has a parameter other than \(names)."
                )
            }
            guard let value = PercentEncoding.decode(parts.count == 2 ? parts[1] : "") else {
                throw ProblemDetails(.badRequest, "The query parameter `\(name)` is not valid percent-encoded UTF-8.")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw ProblemDetails(.badRequest, "The query has the parameter `\(name)` more than once.")
            }
        }
    }

    package subscript(name: String) -> String? { values[name] }

    /// A non-negative whole number in decimal digits.
    ///
    /// - Throws: `invalid-range` when the value is something else or lies outside the range.
    package func integer(_ name: String, in range: ClosedRange<Int>) throws(ProblemDetails) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = DecimalNumber.parse(text), range.contains(number) else {
            let bound = range.upperBound == DecimalNumber.greatest ? "up" : "to \(range.upperBound)"
            throw ProblemDetails(
                .invalidRange,
                "The query parameter `\(name)` must be a whole number from \(range.lowerBound) \(bound)."
            )
        }
        return number
    }
}

/// Non-negative whole numbers as the protocol writes them.
package enum DecimalNumber {
    /// 2^53-1, the greatest integer of I-JSON.
    package static let greatest = 1 << 53 - 1

    /// Digits only, no leading zeros, at most `greatest`; nil for anything else.
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
        return number <= greatest ? number : nil
    }
}

/// Percent-encoding of URI components (RFC 3986 section 2.1).
package enum PercentEncoding {
    /// The decoded text; nil when an escape is incomplete or the bytes are not UTF-8.
    ///
    /// A plus sign stays one.
    package static func decode(_ text: some StringProtocol) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next().flatMap(hexadecimal), let low = rest.next().flatMap(hexadecimal) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
