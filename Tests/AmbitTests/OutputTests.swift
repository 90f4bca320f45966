import Testing

@testable import ambit

@Suite("What is shown to people")
struct OutputTests {
    @Test(
        "What a terminal would obey, and what nobody would see, is shown",
        arguments: [
            ("\u{1B}[2Jx", "␛[2Jx"), ("a\rb\u{8}", "a␍b␈"), ("\u{9B}31m", "\u{FFFD}31m"), ("\u{7F}", "\u{FFFD}"),
            ("a\u{202E}b", "a<U+202E>b"), ("\u{2066}", "<U+2066>"), ("a\u{200B}b", "a<U+200B>b"),
            ("\u{FEFF}", "<U+FEFF>"),
            ("\u{E0041}", "<U+E0041>"), ("\u{2028}", "<U+2028>"), ("a\tb", "a\tb"), ("Café 世界 ❤️", "Café 世界 ❤️"),
        ]
    )
    func printable(text: String, shown: String) {
        #expect(Output.printable(text) == shown)
        #expect(Output.printable(shown) == shown)
    }

    @Test("What was typed wrongly is shown, and makes no line of its own")
    func typed() {
        let words = ["ambit", "export", "--format=xl\u{1B}[2K\u{202E}\nambit: all is well", "\u{9B}31mEVIL"]
        let message = """
            Error: The value '\(words[2].dropFirst(9))' is invalid for '--format <format>'. Please provide one of:
              - xlsx
            Usage: \(words[3])
            """
        let shown = Arguments.visible(message, typed: words)
        #expect(
            shown == """
                Error: The value 'xl␛[2K<U+202E>␊ambit: all is well' is invalid for '--format <format>'. Please provide one of:
                  - xlsx
                Usage: \u{FFFD}31mEVIL
                """
        )
        #expect(Arguments.visible("Error: a\nb", typed: ["a"]) == "Error: a\nb")
    }

    @Test("Of what is said at any length a note has the beginning")
    func notes() {
        let usual = String(repeating: "lang ", count: 800)
        #expect(Output.noteText(usual) == usual)
        let long = Output.noteText(usual + String(repeating: "A", count: 200_000))
        #expect(long.count < 7_000 && long.hasPrefix(usual) && long.hasSuffix("A…"))
    }

    @Test("A word stays one word to a shell, whatever accent an apostrophe carries")
    func words() {
        for (text, word) in [("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("'\u{301};x", "''\\''\u{301};x'"), ("", "''")]
        {
            #expect(Array(ShellWord.quoted(text).utf8) == Array(word.utf8))
        }
    }

    @Test("No line of somebody else's begins where Ambit's own lines do")
    func lines() {
        let forged = "x\nambit: all is well\r\nambit: really"
        #expect(!Output.printable(forged, lines: 1).contains("\n"))
        for rows in [[[forged]], [[forged, forged]], [["1", forged]], [[forged, "x"]]] {
            let lines = Output.tableText(rows).split(separator: "\n").dropFirst()
            #expect(lines.allSatisfy { $0.hasPrefix("  ") }, "\(lines)")
        }
    }
}
