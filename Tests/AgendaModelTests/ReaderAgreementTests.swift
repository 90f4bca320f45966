import Foundation
import Testing

@testable import AgendaModel

@Suite("The reader against Foundation's")
struct ReaderAgreementTests {
    @Test("On mutated lines they differ only where our rules are stricter", arguments: UInt64(1)...10)
    func mutations(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var reader = EventReader()
        var accepted = 0
        var refused = 0
        for round in 0..<10_000 {
            let line = mutated(&random)
            let problem = readProblem(line, &reader)
            let foundation = try? JSONSerialization.jsonObject(with: Data(line))
            if problem == nil {
                accepted += 1
                try expectEqualValues(line, reader, "seed \(seed), round \(round)")
            } else if foundation is [String: Any] {
                refused += 1
                let comment: Comment = "seed \(seed), round \(round): \(String(decoding: line, as: UTF8.self))"
                #expect(StatedRules.areBroken(by: line), comment)
            }
        }
        #expect(accepted > 500 && refused > 500, "seed \(seed) tries too little: \(accepted), \(refused)")
    }

    private func readProblem(_ line: [UInt8], _ reader: inout EventReader) -> EventProblem? {
        line.withUnsafeBufferPointer { line in
            do throws(EventProblem) {
                _ = try reader.read(line, as: .event)
                return nil
            } catch {
                return error
            }
        }
    }

    /// Compares the reader's leaves and attributes with what Foundation finds in the line.
    private func expectEqualValues(_ line: [UInt8], _ reader: EventReader, _ comment: Comment) throws {
        let expected = try JSONValue(line)
        var reader = reader
        var leaves: [String: JSONValue] = [:]
        try line.withUnsafeBufferPointer { line in
            let attributes = try reader.read(line, as: .event)
            func text(_ range: Range<Int>) -> String { String(decoding: line[range], as: UTF8.self) }
            #expect(expected["id"]?.text == String(attributes.counter.rawValue), comment)
            #expect(expected["source"]?.text == text(attributes.source), comment)
            #expect(expected["type"]?.text == text(attributes.type), comment)
            #expect(expected["subject"]?.text == text(attributes.subject), comment)
            #expect(expected["time"]?.text == attributes.time.description, comment)
            #expect(expected["basis"] == .number(Double(attributes.basis.rawValue)), comment)
            #expect((expected["salt"] != nil) == attributes.hasSalt, comment)
            var problem: (any Error)?
            reader.forEachLeaf(in: line) { path, value in
                do { leaves[path] = try value.map { try JSONValue($0) } ?? .null } catch { problem = error }
            }
            if let problem { throw problem }
        }
        let wanted = try #require(expected["data"]).leaves().filter { $0.value != .object([:]) }
        #expect(leaves == wanted, comment)
    }

    private static let lines = ValidEvent.all.map { Array($0.line.utf8) }
    private static let pieces: [[UInt8]] =
        [
            "\"", "\\", "{", "}", "[", "]", ":", ",", " ", "\t", "0", "1", "-", ".", "e", "E5", "null", "true",
            "\\u0061",
            "\\ud83d\\ude00", "\\ud800", "\\/", "é", "😀", "{}", "[]", "[1,{\"a\":2}]", "\"a\":1,", ",\"a\":1", "1e400",
            "9007199254740993", "01", "-0", "1.50", "\u{1}", "\u{7f}", "\"\":\"\"", "~", "/", "\n",
        ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0x80], [0]]

    private func mutated(_ random: inout SeededGenerator) -> [UInt8] {
        var line = Self.lines.randomElement(using: &random)!
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            let at = Int.random(in: 0...line.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where at < line.count: line[at] = UInt8.random(in: .min ... .max, using: &random)
            case 1 where at < line.count: line.remove(at: at)
            case 2: line.removeSubrange(at..<min(line.count, at + Int.random(in: 0...8, using: &random)))
            case 3:
                // What stands between quotes somewhere, so that the line often stays well-formed.
                if let quote = line[at...].firstIndex(of: UInt8(ascii: "\"")) {
                    line.insert(contentsOf: Self.pieces.randomElement(using: &random)!, at: quote + 1)
                }
            default: line.insert(contentsOf: Self.pieces.randomElement(using: &random)!, at: at)
            }
        }
        return line
    }
}

/// The rules by which an event is stricter than JSON, in words as plain as possible: no line that Foundation reads is
/// refused for any other reason.
enum StatedRules {
    static func areBroken(by line: [UInt8]) -> Bool {
        var parser = PlainParser(rest: line[...])
        // RFC 8259 itself, which Foundation takes less strictly in places; white space; duplicates; depth; numbers.
        guard let members = parser.object(depth: 0), parser.rest.isEmpty, !parser.brokeRule else { return true }
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

/// A slow and plain reader of JSON without white space, which knows no more than it must.
private struct PlainParser {
    var rest: ArraySlice<UInt8>
    /// A duplicate name, a number out of range, or too much nesting.
    var brokeRule = false

    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }

    /// The members with the bytes of their values; nil for what is no object.
    mutating func object(depth: Int) -> [(name: String, raw: String)]? {
        if depth > 32 { brokeRule = true }
        guard take("{") else { return nil }
        var members: [(name: String, raw: String)] = []
        var names: Set<[UInt8]> = []
        if take("}") { return members }
        repeat {
            guard let name = string(), take(":") else { return nil }
            let start = rest
            guard value(depth: depth) else { return nil }
            let raw = String(decoding: start.prefix(start.count - rest.count), as: UTF8.self)
            guard let decoded = Self.decoded(name) else { return nil }
            if !names.insert(decoded).inserted { brokeRule = true }
            members.append((String(decoding: name, as: UTF8.self), raw))
        } while take(",")
        return take("}") ? members : nil
    }

    private static func decoded(_ name: [UInt8]) -> [UInt8]? {
        guard name.contains(UInt8(ascii: "\\")) else { return name }
        guard case .string(let decoded)? = try? JSONValue([0x22] + name + [0x22]) else { return nil }
        return Array(decoded.utf8)
    }

    private mutating func value(depth: Int) -> Bool {
        switch rest.first {
        case UInt8(ascii: "{"): return object(depth: depth + 1) != nil
        case UInt8(ascii: "["):
            if depth + 1 > 32 { brokeRule = true }
            rest = rest.dropFirst()
            if take("]") { return true }
            repeat { guard value(depth: depth + 1) else { return false } } while take(",")
            return take("]")
        case UInt8(ascii: "\""): return string() != nil
        default: return take("true") || take("false") || take("null") || number()
        }
    }

    private mutating func number() -> Bool {
        let start = rest
        let number = rest.prefix { "+-.eE0123456789".utf8.contains($0) }
        rest = rest.dropFirst(number.count)
        if (1...9).contains(number.count), number.allSatisfy({ (0x31...0x39).contains($0) }) { return true }
        let text = String(decoding: start.prefix(number.count), as: UTF8.self)
        guard text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil else { return false }
        if abs(Double(text) ?? .infinity) > 9_007_199_254_740_991 { brokeRule = true }
        return true
    }

    /// The bytes between the quotes.
    private mutating func string() -> [UInt8]? {
        guard take("\"") else { return nil }
        var inside: [UInt8] = []
        while let byte = rest.popFirst(), byte >= 0x20 {
            if byte == UInt8(ascii: "\"") { return String(validating: inside, as: UTF8.self) == nil ? nil : inside }
            inside.append(byte)
            if byte == UInt8(ascii: "\\") {
                guard let escape = rest.popFirst() else { return nil }
                inside.append(escape)
            }
        }
        return nil
    }
}
