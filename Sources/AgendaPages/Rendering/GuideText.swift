/// The Markdown of a guide, as far as guides use it, ready for a template: headings, paragraphs, lists and code.
struct GuideText {
    /// A piece of a line: as it is, strong, or as it is typed.
    struct Span: Hashable {
        var text: String
        var isStrong = false
        var isCode = false
    }

    /// Just one of these is not empty.
    struct Block: Hashable {
        var heading: [Span]
        /// Of a heading: whether it is one of a section, and not of a part of one.
        var isSection: Bool
        var paragraph: [Span]
        /// Lines as they are.
        var code: String?
        var items: [Item]
        /// Of items: whether they are numbered.
        var isOrdered: Bool
        // For templates.
        var hasHeading: Bool
        var hasParagraph: Bool
        var hasItems: Bool

        init(
            heading: [Span] = [],
            isSection: Bool = false,
            paragraph: [Span] = [],
            code: String? = nil,
            items: [Item] = [],
            isOrdered: Bool = false
        ) {
            self.heading = heading
            self.isSection = isSection
            self.paragraph = paragraph
            self.code = code
            self.items = items
            self.isOrdered = isOrdered
            (hasHeading, hasParagraph, hasItems) = (!heading.isEmpty, !paragraph.isEmpty, !items.isEmpty)
        }
    }

    struct Item: Hashable {
        var blocks: [Block]
    }

    /// All but the title, which is the first line.
    let blocks: [Block]

    init(_ markdown: String) {
        let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false)
        blocks = Self.blocks(lines.dropFirst())
    }

    private static func blocks(_ lines: ArraySlice<Substring>) -> [Block] {
        var rest = lines
        var blocks: [Block] = []
        while let line = rest.first {
            if line.allSatisfy(\.isWhitespace) {
                rest.removeFirst()
            } else if let level = headingLevel(of: line) {
                blocks.append(Block(heading: spans(line.dropFirst(level + 1)), isSection: level == 2))
                rest.removeFirst()
            } else if line.hasPrefix(codeIndent) {
                blocks.append(Block(code: takeIndented(by: codeIndent.count, from: &rest).joined(separator: "\n")))
            } else if let marker = Marker(line) {
                blocks.append(takeList(marker.isOrdered, from: &rest))
            } else {
                var paragraph: [Substring] = []
                while let line = rest.first, !line.isEmpty, paragraph.isEmpty || Marker(line) == nil {
                    paragraph.append(rest.removeFirst())
                }
                blocks.append(Block(paragraph: spans(paragraph.joined(separator: " "))))
            }
        }
        return blocks
    }

    /// nil for a line that is no heading.
    private static func headingLevel(of line: Substring) -> Int? {
        let level = line.prefix { $0 == "#" }.count
        return level > 1 && line.dropFirst(level).first == " " ? level : nil
    }

    private static let codeIndent = "    "

    /// What an item of a list begins with.
    private struct Marker {
        let isOrdered: Bool
        let width: Int

        init?(_ line: Substring) {
            if line.hasPrefix("- ") {
                (isOrdered, width) = (false, 2)
            } else {
                let digits = line.prefix(while: \.isNumber)
                guard !digits.isEmpty, line.dropFirst(digits.count).hasPrefix(". ") else { return nil }
                (isOrdered, width) = (true, digits.count + 2)
            }
        }
    }

    private static func takeList(_ isOrdered: Bool, from rest: inout ArraySlice<Substring>) -> Block {
        var items: [Item] = []
        while let line = rest.first, let marker = Marker(line), marker.isOrdered == isOrdered {
            rest.removeFirst()
            let own = [line.dropFirst(marker.width)] + takeIndented(by: marker.width, from: &rest)
            items.append(Item(blocks: blocks(own[...])))
            while rest.first?.isEmpty == true { rest.removeFirst() }
        }
        return Block(items: items, isOrdered: isOrdered)
    }

    /// The lines that begin with so many spaces, without them, and the empty ones between them.
    private static func takeIndented(by width: Int, from rest: inout ArraySlice<Substring>) -> [Substring] {
        let indent = String(repeating: " ", count: width)
        var taken: [Substring] = []
        var empty = 0
        while let line = rest.dropFirst(empty).first, line.isEmpty || line.hasPrefix(indent) {
            guard !line.isEmpty else {
                empty += 1
                continue
            }
            taken += Array(repeating: "", count: empty) + [line.dropFirst(width)]
            rest = rest.dropFirst(empty + 1)
            empty = 0
        }
        return taken
    }

    private static func spans(_ text: some StringProtocol) -> [Span] {
        var (spans, isStrong) = ([Span](), false)
        for (index, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
            let isCode = index % 2 == 1
            let pieces = isCode ? [part[...]] : part.split(separator: "**", omittingEmptySubsequences: false)
            for (index, piece) in pieces.enumerated() {
                if index > 0 { isStrong.toggle() }
                if !piece.isEmpty { spans.append(Span(text: String(piece), isStrong: isStrong, isCode: isCode)) }
            }
        }
        return spans
    }
}
