/// The JSON Canonicalization Scheme (RFC 8785): one way to write each value.
enum CanonicalJSON {
    /// The double that a JSON number names; infinite when it is too great.
    static func double(_ number: UnsafeBufferPointer<UInt8>) -> Double {
        Double(String(decoding: number, as: UTF8.self)) ?? .infinity
    }

    /// Appends a number as ECMAScript writes it (RFC 8785, section 3.2.2.3).
    static func append(_ value: Double, to output: inout [UInt8]) {
        if value == 0 {
            output.append(UInt8(ascii: "0"))
            return
        }
        if value < 0 { output.append(UInt8(ascii: "-")) }
        let (digits, pointAt) = shortestDigits(value.magnitude)
        switch pointAt {
        case digits.count...21 where digits.count <= 21:
            output += digits
            output += repeatElement(UInt8(ascii: "0"), count: pointAt - digits.count)
        case 1...21:
            output += digits[..<pointAt]
            output.append(UInt8(ascii: "."))
            output += digits[pointAt...]
        case -5...0:
            output += "0.".utf8
            output += repeatElement(UInt8(ascii: "0"), count: -pointAt)
            output += digits
        default:
            output.append(digits[0])
            if digits.count > 1 {
                output.append(UInt8(ascii: "."))
                output += digits[1...]
            }
            let exponent = pointAt - 1
            output += (exponent < 0 ? "e-" : "e+").utf8
            output += String(exponent.magnitude).utf8
        }
    }

    /// The fewest digits that name this double, without zeros at either end, and where its decimal point stands.
    private static func shortestDigits(_ value: Double) -> (digits: [UInt8], pointAt: Int) {
        var digits: [UInt8] = []
        var pointAt: Int?
        var exponent = 0
        var text = value.description[...]
        if let mark = text.firstIndex(of: "e") {
            exponent = Int(text[text.index(after: mark)...])!
            text = text[..<mark]
        }
        for byte in text.utf8 {
            if byte == UInt8(ascii: ".") { pointAt = digits.count } else { digits.append(byte) }
        }
        var point = (pointAt ?? digits.count) + exponent
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(zeros)
        point -= zeros
        return (digits, point)
    }

    /// Appends the value at the cursor in canonical form.
    ///
    /// It must have been read before, so that it is well-formed and not too deep.
    static func append(valueAt cursor: inout LineCursor, to output: inout [UInt8]) throws(EventProblem) {
        switch cursor.byte {
        case UInt8(ascii: "\""):
            JSONString.append(try decodedString(at: &cursor), to: &output)
        case UInt8(ascii: "["):
            cursor.at += 1
            output.append(UInt8(ascii: "["))
            while cursor.byte != UInt8(ascii: "]") {
                if cursor.byte == UInt8(ascii: ",") {
                    cursor.at += 1
                    output.append(UInt8(ascii: ","))
                }
                try append(valueAt: &cursor, to: &output)
            }
            cursor.at += 1
            output.append(UInt8(ascii: "]"))
        case UInt8(ascii: "{"):
            try append(objectAt: &cursor, to: &output)
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            let start = cursor.at
            while cursor.byte >= UInt8(ascii: "a"), cursor.byte <= UInt8(ascii: "z") { cursor.at += 1 }
            output += UnsafeBufferPointer(start: cursor.base + start, count: cursor.at - start)
        default:
            let start = cursor.at
            _ = try cursor.takeNumber()
            append(double(UnsafeBufferPointer(start: cursor.base + start, count: cursor.at - start)), to: &output)
        }
    }

    private static func append(objectAt cursor: inout LineCursor, to output: inout [UInt8]) throws(EventProblem) {
        var members: [(name: String, order: [UInt16], value: [UInt8])] = []
        cursor.at += 1
        while cursor.byte != UInt8(ascii: "}") {
            if cursor.byte == UInt8(ascii: ",") { cursor.at += 1 }
            let name = try decodedString(at: &cursor)
            try cursor.take(UInt8(ascii: ":"))
            var value: [UInt8] = []
            try append(valueAt: &cursor, to: &value)
            members.append((name, Array(name.utf16), value))
        }
        cursor.at += 1
        members.sort { $0.order.lexicographicallyPrecedes($1.order) }
        output.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            JSONString.append(member.name, to: &output)
            output.append(UInt8(ascii: ":"))
            output += member.value
        }
        output.append(UInt8(ascii: "}"))
    }

    private static func decodedString(at cursor: inout LineCursor) throws(EventProblem) -> String {
        try cursor.take(UInt8(ascii: "\""))
        let start = cursor.at
        _ = try cursor.takeString()
        var decoded: [UInt8] = []
        JSONString.append(resolving: start..<(cursor.at - 1), of: cursor, to: &decoded)
        return String(decoding: decoded, as: UTF8.self)
    }
}
