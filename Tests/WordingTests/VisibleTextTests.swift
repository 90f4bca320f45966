import Testing
import Wording

@Suite("Text from elsewhere, fit for eyes")
struct VisibleTextTests {
    @Test(
        "What scripts and names need stays as it is",
        arguments: [
            "Coöperatie", "Coo\u{308}peratie", "t\u{302}\u{323}", "שָׁלוֹם", "ที่นี่", "👍🏽", "a\tb",
        ]
    )
    func stays(_ text: String) { #expect(VisibleText.of(text) == text) }

    @Test("Marks that would stack over other lines end in an ellipsis, on each letter anew")
    func marks() {
        let tower = String(repeating: "\u{301}\u{489}", count: 15_000)
        let shown = VisibleText.of("a\(tower)b\(tower) c\u{301}")
        let most = String(repeating: "\u{301}\u{489}", count: 4)
        #expect(shown.unicodeScalars.elementsEqual("a\(most)…b\(most)… c\u{301}".unicodeScalars))
    }

    @Test("What a terminal would obey is shown")
    func controls() {
        #expect(VisibleText.of("a\u{1B}[31m\u{202E}b") == "a␛[31m<U+202E>b")
        #expect(VisibleText.of("a\nb", lines: 1) == "a␊b")
    }
}
