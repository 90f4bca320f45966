import Foundation
import FuzzTargets
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
        let expected = try ReferenceJSON(line)
        var reader = reader
        var leaves: [String: ReferenceJSON] = [:]
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
                do { leaves[path] = try value.map { try ReferenceJSON($0) } ?? .null } catch { problem = error }
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
