import Foundation
import Testing
import Wording

@testable import AgendaPages

@Suite("Templates")
struct TemplateTests {
    private static var texts: [(name: String, text: String)] {
        PageTemplates.files.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) }
    }

    @Test("Every word that a template names is a message")
    func words() throws {
        var count = 0
        for (name, text) in Self.texts {
            for match in text.matches(of: #/\{\{\{?w\.(\w+)/#) {
                count += 1
                #expect(PageMessages.message(String(match.1)) != nil, "\(name): \(match.1)")
            }
        }
        #expect(count > 50)
    }

    @Test("No template gives a value out unescaped, or has a style or a script within it")
    func escaping() {
        for (name, text) in Self.texts {
            #expect(!text.contains("{{{") && !text.contains("{{&"), "\(name)")
            #expect(!text.contains(" style=") && !text.contains("<script>") && !text.contains(" on"), "\(name)")
            #expect(!text.contains("http://") && !text.contains("https://"), "\(name) names another site")
        }
    }

    @Test("What is hidden is shown, and a quote or a bracket is escaped whatever it carries")
    func text() {
        let (shown, given) = (PageText(showsHidden: true), PageText(showsHidden: false))
        let hidden = "a\u{202E}b\u{200B}<"
        #expect(shown.escapeText(hidden) == "a&lt;U+202E&gt;b&lt;U+200B&gt;&lt;")
        #expect(given.escapeText(hidden) == "a\u{202E}b\u{200B}&lt;")
        for text in [shown, given] {
            for (mark, entity) in [("\"", "&quot;"), ("'", "&#39;"), ("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")] {
                #expect(text.escapeText(mark + "\u{301}\u{20D2}").unicodeScalars.starts(with: entity.unicodeScalars))
            }
            #expect(text.escapeText("Café\n\té 世界 ❤️") == "Café\n\té 世界 ❤️")
        }
    }

    @Test("Values that come back with a form, or are held against an entry, are given as they are")
    func given() {
        var count = 0
        for (name, text) in Self.texts {
            let typed = PageTemplates.typed(text)
            for piece in ["value=\"{{", "data-json=\"{{", "data-shown>{{", "{{value}}</textarea>"] {
                let places = typed.ranges(of: piece)
                count += places.count
                let marked = places.allSatisfy { typed[..<$0.lowerBound].hasSuffix("{{% CONTENT_TYPE:GIVEN}}") }
                #expect(marked, "\(name): \(piece)")
            }
            #expect(typed.hasPrefix("{{% CONTENT_TYPE:SHOWN}}\n"))
            // A value between two others of these would be taken along.
            #expect(
                typed.ranges(of: "{{% CONTENT_TYPE:GIVEN}}").count == typed.ranges(of: "{{% CONTENT_TYPE:SHOWN}}").count
                    - 1
            )
        }
        #expect(count > 30)
    }

    @Test("Every template file is one that pages use")
    func files() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/AgendaPages/Templates")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .map { $0.replacing(".mustache", with: "") }
        #expect(names.sorted() == PageTemplates.files.map(\.name).sorted())
    }
}
