/// Strings as JSON writes them (RFC 8259, section 7).
package enum JSONString {
    /// Appends a string in quotes, with the escapes that RFC 8785 gives (section 3.2.2.2).
    package static func append(_ text: String, to output: inout [UInt8]) {
        var text = text
        text.withUTF8 { append($0, to: &output) }
    }

    /// Appends UTF-8 in quotes, escaped in the same way.
    static func append(_ utf8: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var plain = 0
        for (index, byte) in utf8.enumerated() {
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            output.append(contentsOf: utf8[plain..<index])
            plain = index + 1
            output.append(UInt8(ascii: "\\"))
            switch byte {
            case 0x08: output.append(UInt8(ascii: "b"))
            case 0x09: output.append(UInt8(ascii: "t"))
            case 0x0A: output.append(UInt8(ascii: "n"))
            case 0x0C: output.append(UInt8(ascii: "f"))
            case 0x0D: output.append(UInt8(ascii: "r"))
            case 0..<0x20:
                output.append(contentsOf: "u00".utf8)
                output.append(digits[Int(byte >> 4)])
                output.append(digits[Int(byte & 15)])
            default: output.append(byte)
            }
        }
        output.append(contentsOf: utf8[plain...])
        output.append(UInt8(ascii: "\""))
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// A string in quotes.
    package static func quoted(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        append(text, to: &output)
        return output
    }

    /// Appends the UTF-8 of what stands between quotes, escapes resolved.
    ///
    /// `LineCursor` must have read the bytes.
    static func append(resolving inside: Range<Int>, of cursor: LineCursor, to output: inout [UInt8]) {
        var at = inside.lowerBound
        while at < inside.upperBound {
            let byte = cursor.base[at]
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                at += 1
                continue
            }
            switch cursor.base[at + 1] {
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"):
                let first = UInt32(cursor.hexadecimalUnit(at: at + 2)!)
                var scalar = first
                if first & 0xFC00 == 0xD800 {
                    let second = UInt32(cursor.hexadecimalUnit(at: at + 8)!)
                    scalar = 0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF)
                    at += 6
                }
                at += 4
                output += UTF8.encode(Unicode.Scalar(scalar)!)!
            case let other: output.append(other)
            }
            at += 2
        }
    }
}
