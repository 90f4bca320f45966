internal import AgendaModel

/// The rules for an event's line in words as plain as possible: a line is refused for no other reason.
package enum StatedRules {
    /// Whether the line is no event.
    package static func areBroken(by line: [UInt8]) -> Bool {
        guard line.count <= 60_000 else { return true }
        var parser = PlainParser(line)
        // RFC 8259 itself; white space; duplicates; depth; pointers; numbers.
        guard let members = parser.object(depth: 0, pointer: nil), parser.isAtEnd, !parser.brokeRule else {
            return true
        }
        return !attributesAreRight(members)
    }

    private static let known = ["specversion", "id", "source", "type", "subject", "time", "basis", "data", "salt"]

    private static func attributesAreRight(_ members: [(name: String, raw: String)]) -> Bool {
        let values = Dictionary(members.map { ($0.name, $0.raw) }) { first, _ in first }
        let extensions = members.filter { !known.contains($0.name) }
        guard known.dropLast().allSatisfy({ values[$0] != nil }), extensions.count <= 16,
            extensions.allSatisfy({ extensionIsRight($0.name, $0.raw) }),
            members.allSatisfy({ !$0.name.contains("\\") })
        else { return false }
        func plain(_ name: String) -> String {
            let raw = values[name]!
            return raw.count >= 2 && raw.first == "\"" && raw.last == "\"" ? String(raw.dropFirst().dropLast()) : "\\"
        }
        return values["specversion"] == "\"1.0\"" && isNumber(plain("id"), from: 1)
            && isNumber(values["basis"]!, from: 0)
            && isSource(plain("source")) && isType(plain("type")) && isSubject(plain("subject"))
            && Timestamp(plain("time")) != nil && values["data"]!.hasPrefix("{")
            && (values["salt"] == nil || isSalt(plain("salt")))
    }

    private static func extensionIsRight(_ name: String, _ raw: String) -> Bool {
        (1...20).contains(name.utf8.count) && name.utf8.allSatisfy(isLetterOrDigit)
            && !["recordedtime", "erased", "redaction", "leaf"].contains(name)
            && !raw.hasPrefix("{") && !raw.hasPrefix("[") && raw != "null"
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }

    private static func isNumber(_ text: String, from least: Int) -> Bool {
        guard let number = Int(text), String(number) == text else { return false }
        return number >= least && number <= 9_007_199_254_740_991
    }

    private static func isSource(_ text: String) -> Bool {
        let id = text.dropFirst(7).utf8
        return text == "server"
            || (text.hasPrefix("device/") && (6...12).contains(id.count) && id.allSatisfy(isLetterOrDigit))
    }

    private static func isWord(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first) else { return false }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isType(_ text: String) -> Bool {
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 80, words.count == 2 || words.count == 3, words.prefix(2).allSatisfy(isWord) else {
            return false
        }
        guard words.count == 3 else { return true }
        return words[2].hasPrefix("v") && isNumber(String(words[2].dropFirst()), from: 2) && words[2].utf8.count <= 5
    }

    private static func isSubject(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 100, isWord(parts[0]), let first = parts[1].utf8.first else {
            return false
        }
        return isLetterOrDigit(first)
            && parts[1].utf8.allSatisfy { isLetterOrDigit($0) || Array("-._".utf8).contains($0) }
    }

    private static func isSalt(_ text: String) -> Bool {
        text.utf8.count == 22 && "AQgw".contains(text.last!)
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "-_0123456789".unicodeScalars.contains($0))
            }
    }
}
