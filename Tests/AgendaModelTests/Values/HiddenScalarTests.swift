import AgendaModel
import Testing

@Suite("Characters that nobody sees")
struct HiddenScalarTests {
    @Test(
        "A display name has 1 to 200 code points that are seen, with one space between two words",
        arguments: [
            ("Jan", true), ("Maria van 't Hof", true), ("漢字", true), ("😀", true), ("é", true), ("⠁⠃", true),
            ("", false),
            (" ", false), ("\u{A0}\u{3000}", false), ("a\nb", false), ("a\u{200B}", false), ("\u{FE0F}", false),
            ("\u{E0101}x", false), (" Jan", false), ("Jan ", false), ("Jan  Jansen", false), ("Jan\u{A0}Jansen", false),
            ("Jan\u{2003}Jansen", false), ("Jan\u{2800}Jansen", false), ("\u{2800}", false), ("Jan\u{3000}", false),
            ("Jan\u{3164}", false), ("Jan\u{FFA0}", false), ("\u{115F}\u{1160}", false), ("Jan\u{AD}sen", false),
            ("Jan\u{1680}J", false), ("\u{1D159}", false), ("\u{13441}", false),
            (String(repeating: "漢", count: 200), true),
            (String(repeating: "a", count: 201), false),
        ]
    )
    func displayNames(_ text: String, _ isValid: Bool) {
        #expect(DisplayName.isValid(text) == isValid)
    }

    @Test(
        "A name that was typed has one space between its words",
        arguments: [
            ("Jan", "Jan"), (" Jan\u{A0}\u{2003} Jansen ", "Jan Jansen"), ("", ""), ("\u{3000}", ""), ("a\nb", "a\nb"),
        ]
    )
    func spaced(_ text: String, _ name: String) {
        #expect(DisplayName.spaced(text) == name)
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
        for scalar in "Aé世ا्̈🌾⠁ ".unicodeScalars {
            #expect(!scalar.isHidden && scalar.mayStandInName, "\(scalar.value)")
        }
        for scalar in "\u{A0}\u{2003}\u{2800}\u{3000}".unicodeScalars {
            #expect(!scalar.isHidden && scalar.isBlank && !scalar.mayStandInName, "\(scalar.value)")
        }
        #expect(!Unicode.Scalar(0xFE0F)!.isHidden && !Unicode.Scalar(0xFE0F)!.mayStandInName)
        for scalar in "\n\u{1B}\u{9B}".unicodeScalars { #expect(!scalar.mayStandInName) }
    }
}
