internal import Wording

/// A guide for people who use the program, in one language.
package struct PageGuide: Sendable {
    /// The last part of its address.
    package let topic: String
    package let title: String
    /// Markdown; its first line is the title.
    package let text: String

    package init(topic: String, title: String, text: String) {
        self.topic = topic
        self.title = title
        self.text = text
    }
}

extension AgendaPages {
    /// Which guides there are.
    package func guides(_ guides: [PageGuide]) -> String {
        let links = guides.map { ["href": reader.visit.href("help/\($0.topic)"), "text": $0.title] }
        return render("guides", ["guides": links], title: reader.visit.say(.pageHelp), section: "help")
    }

    /// A guide.
    package func guide(_ guide: PageGuide) -> String {
        let page: [String: Any] = [
            "title": guide.title, "blocks": GuideText(guide.text).blocks, "guides": reader.visit.href("help"),
        ]
        return render("guide", page, title: guide.title, section: "help")
    }
}
