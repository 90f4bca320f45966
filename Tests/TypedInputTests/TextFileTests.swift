import Testing
import Wording

@testable import TypedInput

@Suite("Text files that people wrote")
struct TextFileTests {
    private let text = Array("{\"title\":\"Coöperatie € 𝄞\"}\n".utf8)

    @Test("UTF-8 is taken, with and without a byte-order mark")
    func utf8() throws {
        #expect(try TextFile.utf8(text, named: "a") == text)
        #expect(try TextFile.utf8([0xEF, 0xBB, 0xBF] + text, named: "a") == text)
        #expect(try TextFile.utf8([], named: "a") == [])
    }

    @Test(
        "Another encoding is named, with the file",
        arguments: [
            ([0xFF, 0xFE, 0x7B, 0x00], "UTF-16"), ([0xFE, 0xFF, 0x00, 0x7B], "UTF-16"),
            ([0xFF, 0xFE, 0x00, 0x00], "UTF-32"), ([0x00, 0x00, 0xFE, 0xFF], "UTF-32"),
        ] as [([UInt8], String)]
    )
    func otherEncodings(_ bytes: [UInt8], _ name: String) {
        let error = #expect(throws: InputError.self) { try TextFile.utf8(bytes, named: "file.json") }
        #expect(error?.code == .notUTF8)
        #expect(error?.message.english.contains(name) == true && error?.message.english.contains("file.json") == true)
    }

    @Test("What is not UTF-8 is refused with its line, whichever byte it is")
    func invalid() {
        for (bad, line) in [([0xE9], 1), ([0x0A, 0x0A, 0xC3], 3), ([0x0A, 0xED, 0xA0, 0x80], 2), ([0xC0, 0x80], 1)]
            as [([UInt8], Int)]
        {
            let error = #expect(throws: InputError.self) { try TextFile.utf8(bad + Array("x".utf8), named: "f") }
            #expect(error?.message.english.contains("line \(line)") == true, "\(bad): \(error?.message.english ?? "")")
        }
    }
}
