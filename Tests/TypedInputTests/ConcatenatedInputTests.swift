import Testing

@testable import TypedInput

@Suite("Several files of lines, read as one")
struct ConcatenatedInputTests {
    private func input(_ files: [String]) -> ConcatenatedInput {
        var input = ConcatenatedInput()
        for (index, contents) in files.enumerated() { input.append(Array(contents.utf8), named: "\(index)") }
        return input
    }

    @Test(
        "Each line is found in the file that it came from",
        arguments: [["a\nb\n", "c\n"], ["a\nb", "c"], ["", "a\n", "", "b"], ["\n\na", "b\n\n", "c"], ["a\r\nb"]]
    )
    func places(_ files: [String]) throws {
        let input = input(files)
        let newline = UInt8(ascii: "\n")
        let all = input.bytes.split(separator: newline, omittingEmptySubsequences: false).dropLast()
        let separate = files.map { file in
            Array(file.utf8).split(separator: newline, omittingEmptySubsequences: false)
        }
        for line in 1...all.count {
            let place = try #require(input.place(ofLine: line))
            #expect(separate[try #require(Int(place.name))][place.line - 1] == all[line - 1])
        }
    }

    @Test("No file has a line before the first")
    func before() {
        #expect(input(["a\n"]).place(ofLine: 0) == nil)
        #expect(ConcatenatedInput().place(ofLine: 1) == nil)
    }
}
