/// Walks over the bytes of one line of JSON.
///
/// Knows the grammar of strings and numbers, refuses white space.
struct LineCursor {
    let base: UnsafePointer<UInt8>
    var at: Int
    /// Reading stops here, whatever lies behind.
    let end: Int

    /// What a string's bytes look like.
    struct StringShape: OptionSet {
        let rawValue: UInt8
        static let escaped = Self(rawValue: 1)
        /// Some escape is not the one that RFC 8785 writes.
        static let rewritten = Self(rawValue: 2)
    }

    /// The byte under the cursor; 0 at the end, which is no part of any JSON outside strings.
    var byte: UInt8 {
        @inline(__always) get { at < end ? base[at] : 0 }
    }

    /// Takes one expected byte.
    @inline(__always)
    mutating func take(_ expected: UInt8) throws(EventProblem) {
        guard at < end, base[at] == expected else { throw problem(expecting: expected) }
        at &+= 1
    }

    /// Whether the bytes from `start` are these ones.
    @inline(__always)
    func matches(_ text: StaticString, from start: Int, to end: Int) -> Bool {
        guard end &- start == text.utf8CodeUnitCount else { return false }
        let expected = text.utf8Start
        var index = 0
        while index < text.utf8CodeUnitCount {
            if base[start &+ index] != expected[index] { return false }
            index &+= 1
        }
        return true
    }

    /// Takes a string of which the opening quote has been taken, and its closing quote.
    @inline(__always)
    mutating func takeString() throws(EventProblem) -> StringShape {
        var shape: StringShape = []
        while true {
            skipPlain()
            guard at < end else { throw problem("a string has no closing quote") }
            let byte = base[at]
            if byte == UInt8(ascii: "\"") {
                at &+= 1
                return shape
            }
            if byte >= 0x80 {
                try takeMultibyte()
            } else if byte == UInt8(ascii: "\\") {
                try takeEscape(&shape)
            } else {
                throw problem("a control character in a string must be escaped")
            }
        }
    }

    /// Goes on to the next quote, backslash, control character or byte beyond ASCII.
    @inline(__always)
    private mutating func skipPlain() {
        while at &+ 8 <= end {
            let special = Self.special(UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self))
            if special != 0 {
                at &+= UInt64(littleEndian: special).trailingZeroBitCount / 8
                return
            }
            at &+= 8
        }
        while at < end {
            let byte = base[at]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 || byte >= 0x80 { return }
            at &+= 1
        }
    }

    /// The high bit of every byte that needs a look.
    ///
    /// Bytes above the first such byte may be marked without need.
    @inline(__always)
    private static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let word = word.littleEndian
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let marks =
            ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word) | word
        return (marks & (ones &* 0x80)).littleEndian
    }

    /// Takes one character beyond ASCII (RFC 3629, section 4).
    @inline(never)
    private mutating func takeMultibyte() throws(EventProblem) {
        while at < end, base[at] >= 0x80 {
            let length = Self.lengthOfCharacter(base + at, available: end &- at)
            guard length > 0 else { throw problem("not valid UTF-8") }
            at &+= length
        }
    }

    /// The number of bytes of the character beyond ASCII at the start; 0 when it is not well-formed.
    @inline(__always)
    private static func lengthOfCharacter(_ bytes: UnsafePointer<UInt8>, available: Int) -> Int {
        func isContinuation(_ index: Int) -> Bool { bytes[index] & 0xC0 == 0x80 }
        let lead = bytes[0]
        switch lead {
        case 0xC2...0xDF:
            return available >= 2 && isContinuation(1) ? 2 : 0
        case 0xE0...0xEF:
            guard available >= 3, isContinuation(1), isContinuation(2) else { return 0 }
            if lead == 0xE0, bytes[1] < 0xA0 { return 0 }
            if lead == 0xED, bytes[1] > 0x9F { return 0 }
            return 3
        case 0xF0...0xF4:
            guard available >= 4, isContinuation(1), isContinuation(2), isContinuation(3) else { return 0 }
            if lead == 0xF0, bytes[1] < 0x90 { return 0 }
            if lead == 0xF4, bytes[1] > 0x8F { return 0 }
            return 4
        default:
            return 0
        }
    }

    @inline(never)
    private mutating func takeEscape(_ shape: inout StringShape) throws(EventProblem) {
        shape.insert(.escaped)
        guard at &+ 1 < end else { throw problem("a string has no closing quote") }
        switch base[at &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            at &+= 2
        case UInt8(ascii: "/"):
            shape.insert(.rewritten)
            at &+= 2
        case UInt8(ascii: "u"):
            guard let unit = hexadecimalUnit(at: at &+ 2) else { throw problem("\\u must have four hex digits") }
            if !isCanonicalEscape(unit) { shape.insert(.rewritten) }
            if unit & 0xFC00 == 0xD800 {
                guard at &+ 7 < end, base[at &+ 6] == UInt8(ascii: "\\"), base[at &+ 7] == UInt8(ascii: "u"),
                    let second = hexadecimalUnit(at: at &+ 8), second & 0xFC00 == 0xDC00
                else { throw problem("half of a surrogate pair") }
                at &+= 12
                return
            }
            guard unit & 0xFC00 != 0xDC00 else { throw problem("half of a surrogate pair") }
            at &+= 6
        default:
            throw problem("an escape that JSON does not know")
        }
    }

    /// Whether RFC 8785 writes this character, escaped at the cursor with `\u`, in the very same way.
    private func isCanonicalEscape(_ unit: UInt16) -> Bool {
        guard unit < 0x20, unit != 8, unit != 9, unit != 10, unit != 12, unit != 13 else { return false }
        let last = base[at &+ 5]
        return !(UInt8(ascii: "A")...UInt8(ascii: "F")).contains(last)
    }

    /// The four hex digits at an offset.
    func hexadecimalUnit(at start: Int) -> UInt16? {
        guard start &+ 4 <= end else { return nil }
        var unit: UInt16 = 0
        for index in start..<(start &+ 4) {
            guard let digit = Self.hexadecimalDigit(base[index]) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case 0x30...0x39: UInt16(byte) - 0x30
        case 0x41...0x46: UInt16(byte) - 0x41 + 10
        case 0x61...0x66: UInt16(byte) - 0x61 + 10
        default: nil
        }
    }

    // MARK: - Numbers

    /// What a number's bytes look like.
    enum NumberShape {
        /// Its bytes are its RFC 8785 form, and there is no fraction.
        case canonicalInteger
        /// Its bytes are its RFC 8785 form.
        case canonical
        /// It must be written anew.
        case rewritten
    }

    /// Takes a number, sign and digits first, and refuses what I-JSON cannot hold.
    @inline(__always)
    mutating func takeNumber() throws(EventProblem) -> NumberShape {
        let start = at
        if byte == UInt8(ascii: "-") { at &+= 1 }
        let digits = at
        takeDigits()
        let count = at &- digits
        guard count > 0 else { throw problem("a number has no digits") }
        if base[digits] == UInt8(ascii: "0"), count > 1 { throw problem("a number starts with a needless zero") }
        let next = byte
        if next != UInt8(ascii: "."), next | 0x20 != UInt8(ascii: "e"), count <= 15,
            start == digits || base[digits] != UInt8(ascii: "0")
        {
            return .canonicalInteger
        }
        return try takeRestOfNumber(from: start, integerDigits: digits..<at)
    }

    @inline(never)
    private mutating func takeRestOfNumber(
        from start: Int,
        integerDigits: Range<Int>
    ) throws(EventProblem) -> NumberShape {
        var plain = integerDigits.count <= 15
        var hasFraction = false
        if byte == UInt8(ascii: ".") {
            hasFraction = true
            at &+= 1
            let fraction = at
            takeDigits()
            guard at > fraction else { throw problem("a number has no digits after its point") }
            // Up to 15 significant digits are the shortest form of the double that they name.
            plain = integerDigits.count + (at - fraction) <= 15 && base[at - 1] != UInt8(ascii: "0")
            if base[integerDigits.lowerBound] == UInt8(ascii: "0") {
                // Below 10^-6 the exponent form is the canonical one.
                plain = plain && base[fraction..<min(at, fraction + 6)].contains { $0 != UInt8(ascii: "0") }
            }
        } else if base[integerDigits.lowerBound] == UInt8(ascii: "0") {
            plain = false
        }
        if byte | 0x20 == UInt8(ascii: "e") {
            plain = false
            at &+= 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at &+= 1 }
            let exponent = at
            takeDigits()
            guard at > exponent else { throw problem("a number has no digits in its exponent") }
        }
        if plain { return hasFraction ? .canonical : .canonicalInteger }
        let value = CanonicalJSON.double(UnsafeBufferPointer(start: base + start, count: at &- start))
        guard abs(value) <= Double(EventLimits.maximumNumber) else {
            throw problem("a number is beyond 2^53-1 (9007199254740991)")
        }
        return .rewritten
    }

    @inline(__always)
    private mutating func takeDigits() {
        while at < end, base[at] &- 0x30 < 10 { at &+= 1 }
    }

    // MARK: - Problems

    @inline(never)
    func problem(_ what: String) -> EventProblem {
        EventProblem(.malformedEvent, "at byte \(at): \(what)")
    }

    @inline(never)
    private func problem(expecting expected: UInt8) -> EventProblem {
        let wanted = "expected '\(Unicode.Scalar(expected))'"
        guard at < end else { return problem("\(wanted), but the line ends here") }
        switch base[at] {
        case 0x20, 0x09, 0x0A, 0x0D: return problem("\(wanted), found white space, which is allowed in strings only")
        case 0x21...0x7E: return problem("\(wanted), found '\(Unicode.Scalar(base[at]))'")
        default: return problem("\(wanted), found byte \(base[at])")
        }
    }
}

extension UnsafePointer<UInt8> {
    fileprivate subscript(range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: self + range.lowerBound, count: range.count)
    }
}
