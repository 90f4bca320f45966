import Foundation
import Testing
import TypedInput
import Wording

@testable import AgendaPages
@testable import ambit

@Suite("Guides, and the command lines in documents")
struct GuideTests {
    @Test("A guide has the same headings and the same commands in both languages", arguments: Guide.allCases)
    func languages(_ guide: Guide) {
        let (english, dutch) = (guide.text(in: .english), guide.text(in: .dutch))
        #expect(levels(of: english) == levels(of: dutch))
        #expect(levels(of: english).first == 1 && levels(of: english).count > 3)
        #expect(guide.title(in: .english) != "" && guide.title(in: .dutch) != "")
        #expect(english != dutch)
        #expect(CommandLines(in: english).shown == CommandLines(in: dutch).shown)
        #expect(CommandLines(in: english).shown.count > 3)
        #expect(Set(CommandLines(in: english).mentioned) == Set(CommandLines(in: dutch).mentioned))
    }

    @Test("On a page a guide has all its words in their order", arguments: Guide.allCases, Language.allCases)
    func page(_ guide: Guide, _ language: Language) {
        let text = guide.text(in: language)
        let words = text.split(separator: "\n").dropFirst().flatMap { line in
            let isCode = line.hasPrefix("    ")
            return (isCode ? line : line.replacing(#/^ *(###? |- |[0-9]+\. )/#, with: ""))
                .replacing(#/\*\*|`/#, with: "").split(separator: " ")
        }
        let page = GuideText(text)
        #expect(readText(of: page.blocks).split(whereSeparator: \.isWhitespace) == words)
        let blocks = page.blocks
        #expect(blocks.filter(\.hasHeading).count == levels(of: text).count - 1)
        #expect(blocks.contains { $0.code?.hasPrefix("$ ambit") == true })
    }

    /// All that is read of a page, in its order.
    private func readText(of blocks: [GuideText.Block]) -> String {
        blocks.map { block in
            let spans = (block.heading + block.paragraph).map(\.text).joined()
            return "\(spans)\n\(block.code ?? "")\n"
                + block.items.map { readText(of: $0.blocks) }.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    @Test("A guide's marks become headings, paragraphs, lists and code")
    func marks() {
        let blocks = GuideText(
            """
            # Titel

            ## Kop

            Een **sterk** woord en `ambit
            sync`.

                $ ambit sync

                klaar
            - **Eerst `dit`.** Dan

              dat:

                  code
            - tweede

            1. een
            2. twee
            """
        ).blocks
        #expect(blocks.map(\.hasHeading) == [true, false, false, false, false])
        #expect(blocks[1].paragraph.map(\.text) == ["Een ", "sterk", " woord en ", "ambit sync", "."])
        #expect(blocks[1].paragraph.map(\.isCode) == [false, false, false, true, false])
        #expect(blocks[2].code == "$ ambit sync\n\nklaar")
        #expect(blocks[3].items.map(\.blocks.count) == [3, 1] && !blocks[3].isOrdered)
        #expect(blocks[3].items[0].blocks[0].paragraph.map(\.isStrong) == [true, true, true, false])
        #expect(blocks[3].items[0].blocks[2].code == "code")
        #expect(blocks[4].items.count == 2 && blocks[4].isOrdered)
    }

    @Test("Every command line of a guide is one that the program takes", arguments: Guide.allCases, Language.allCases)
    func commands(_ guide: Guide, _ language: Language) {
        expectParsed(guide.text(in: language))
    }

    @Test(
        "Every command line of a document is one that the program takes",
        arguments: ["README.md", "CONTRIBUTING.md"]
    )
    func documents(_ name: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        expectParsed(try String(contentsOf: root.appending(path: name), encoding: .utf8))
    }

    @Test(
        "A command line that the program does not take is noticed",
        arguments: [
            "ambit synk", "ambit sync --faster", "ambit record --wat", "ambit agenda make", "ambit export --format pdf",
            "ambit prove first", "ambit help no-such-topic", "ambit help agenda make",
        ]
    )
    func madeUp(_ line: String) {
        #expect(throws: (any Error).self) { try CommandLines.parse(line) }
        #expect(throws: (any Error).self) { try CommandLines.parseMention(line + " --made-up") }
    }

    @Test("Command lines are found in blocks and in running text, and taken apart as a shell does")
    func finding() {
        let found = CommandLines(
            in: """
                Type `ambit sync`, or `ambit
                status`; not `curl`.

                    $ ambit record note.added about=a-1 \\
                        text="Een \\# is geen commentaar" | cat
                    ambit: not a command

                    ambit show   # all of it
                """
        )
        #expect(found.mentioned == ["ambit sync", "ambit status"])
        #expect(found.shown.count == 2)
        #expect(
            found.shown.map(CommandLines.words) == [
                ["record", "note.added", "about=a-1", "text=Een  # is geen commentaar"], ["show"],
            ]
        )
    }

    @Test("A guide fits a terminal of 80 columns, command lines aside", arguments: Guide.allCases, Language.allCases)
    func width(_ guide: Guide, _ language: Language) {
        let lines = guide.text(in: language).split(separator: "\n")
        let wide = lines.filter { $0.count > 80 }
        #expect(wide == [])
    }

    @Test(
        "A mistyped topic is understood, when it is near one",
        arguments: [
            ("feild-work", "field-work"), ("field", nil), ("fieldwork", "field-work"), ("audits", "audit"), ("", nil),
            ("x", nil), ("synk", "sync"), ("privacey", "privacy"), ("settling-conflict", "settling-conflicts"),
        ] as [(String, String?)]
    )
    func spelling(_ word: String, _ meant: String?) {
        let names = Guide.allCases.map(\.topic) + ["sync", "show", "serve"]
        #expect(Spelling.nearest(to: word, among: names) == meant)
    }

    private func expectParsed(_ markdown: String) {
        let lines = CommandLines(in: markdown)
        #expect(!lines.shown.isEmpty || !lines.mentioned.isEmpty)
        for line in lines.shown {
            #expect(throws: Never.self, "\(line)") { try CommandLines.parse(line) }
        }
        for mention in lines.mentioned {
            #expect(throws: Never.self, "\(mention)") { try CommandLines.parseMention(mention) }
        }
    }

    private func levels(of markdown: String) -> [Int] {
        markdown.split(separator: "\n").filter { $0.hasPrefix("#") }.map { $0.prefix { $0 == "#" }.count }
    }
}
