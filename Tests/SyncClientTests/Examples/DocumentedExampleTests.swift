import Foundation
import Testing

/// Every block of code in a documentation comment of a product stands in `ExampleTests` of its module, which runs it.
@Suite("Code in documentation comments")
struct DocumentedExampleTests {
    private struct Example {
        var place: String
        var lines: [String]
    }

    /// The blocks of code in the documentation comments of a module, each line without what it is indented by.
    private func examples(in module: String) throws -> [Example] {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Sources/\(module)")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var examples: [Example] = []
        for case let file as URL in files where file.pathExtension == "swift" {
            var open: Example?
            for (number, line) in try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
                .enumerated()
            {
                let text = line.trimmingCharacters(in: .whitespaces)
                guard text.hasPrefix("///") else { continue }
                let comment = text.dropFirst(3).trimmingCharacters(in: .whitespaces)
                if comment == "```swift" {
                    open = Example(place: "\(file.lastPathComponent):\(number + 1)", lines: [])
                } else if comment == "```" {
                    if let open { examples.append(open) }
                    open = nil
                } else {
                    open?.lines.append(comment)
                }
            }
        }
        return examples
    }

    /// What other programs import, each with the least number of examples that it has.
    private static let products = [("AgendaModel", 1), ("LogClient", 1), ("SyncClient", 8), ("SyncProtocol", 1)]

    @Test("stands in the tests of its module, line for line", arguments: products)
    func same(module: String, count: Int) throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../\(module)Tests/Examples/ExampleTests.swift")
        let lines = try String(contentsOf: tests, encoding: .utf8).components(separatedBy: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }
        let examples = try examples(in: module)
        #expect(examples.count >= count)
        for example in examples {
            let starts = lines.indices.filter { lines[$0...].starts(with: example.lines) }
            #expect(!starts.isEmpty, "\(example.place) shows what no test runs")
        }
    }
}
