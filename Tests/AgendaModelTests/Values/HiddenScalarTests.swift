import AgendaModel
import Testing

@Suite("Characters that nobody sees")
struct HiddenScalarTests {
    @Test(
        "A display name has 1 to 200 code points that are seen, and something of it is seen",
        arguments: [
            ("Jan", true), ("Maria van 't Hof", true), ("漢字", true), ("😀", true), ("é", true), (" x ", true),
            ("", false),
            (" ", false), ("\u{A0}\u{3000}", false), ("a\nb", false), ("a\u{200B}", false), ("\u{FE0F}", false),
            ("\u{E0101}x", false), (String(repeating: "漢", count: 200), true),
            (String(repeating: "a", count: 201), false),
        ]
    )
    func displayNames(_ text: String, _ isValid: Bool) {
        #expect(DisplayName.isValid(text) == isValid)
    }

    @Test(
        "Controls of direction, characters without width and separators are hidden; letters, marks and emoji are not"
    )
    func hidden() {
        let hidden: [Unicode.Scalar] = [
            "\u{202A}", "\u{202B}", "\u{202C}", "\u{202D}", "\u{202E}", "\u{2066}", "\u{2067}", "\u{2068}", "\u{2069}",
            "\u{200B}", "\u{200C}", "\u{200D}", "\u{200E}", "\u{200F}", "\u{2060}", "\u{FEFF}", "\u{AD}", "\u{61C}",
            "\u{180E}", "\u{2028}", "\u{2029}", "\u{FFF9}", "\u{E0041}", "\u{3164}",
        ]
        for scalar in hidden { #expect(scalar.isHidden && !scalar.mayStandInName, "\(scalar.value)") }
        for scalar in "Aé世ا्̈🌾 \u{A0}".unicodeScalars {
            #expect(!scalar.isHidden && scalar.mayStandInName, "\(scalar.value)")
        }
        #expect(!Unicode.Scalar(0xFE0F)!.isHidden && !Unicode.Scalar(0xFE0F)!.mayStandInName)
        for scalar in "\n\u{1B}\u{9B}".unicodeScalars { #expect(!scalar.mayStandInName) }
    }
}
