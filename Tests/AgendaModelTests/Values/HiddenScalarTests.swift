import AgendaModel
import Testing

@Suite("Characters that nobody sees")
struct HiddenScalarTests {
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
