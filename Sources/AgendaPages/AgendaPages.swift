internal import AgendaModel
internal import Projections
internal import Wording

/// The pages of an agenda, as HTML.
///
/// Each is made from one state; where it is served, and to whom, is the host's to know. Nothing that somebody recorded is ever
/// markup: templates escape every value.
package struct AgendaPages {
    package let reader: AgendaReader

    package init(_ reader: AgendaReader) { self.reader = reader }

    /// What the address below the base asks for; nil when there is nothing.
    ///
    /// - Parameters:
    ///   - path: its parts.
    ///   - query: its parameters, decoded.
    /// - Returns: a page; nil for an address, or a subject, that there is none of.
    /// - Throws: what reading throws.
    package func page(at path: [String], _ query: [String: String]) throws -> String? {
        switch path {
        case []: return try overview(query)
        case ["find"]: return try find(query["q"] ?? "")
        case ["accessibility"]: return accessibility()
        case ["take"]: return reader.visit.files.isEmpty ? nil : take()
        case let path where path.count == 2 && path[0] == "all":
            guard let page = Paging.page(query),
                let view = try KindView(path[1], KindView.Filter(query), page: page, in: reader)
            else { return nil }
            return render("kind", view, title: view.title, section: "all/\(path[1])")
        case let path where path.count == 3 && path[0] == "proof":
            return try proof(of: "\(path[1])/\(path[2])", query)
        case let path where path.count == 2 && Catalogue.current.kind(named: path[0]) != nil:
            guard let page = Paging.page(query),
                let view = try SubjectView("\(path[0])/\(path[1])", page: page, reader)
            else { return nil }
            return render("subject", view, title: view.title, section: "all/\(path[0])")
        default: return nil
        }
    }

    /// Whether making a page takes long, as far as that is known before it is made.
    ///
    /// A search reads every text, and a long list much of its kind.
    ///
    /// - Parameters:
    ///   - path: the parts of its address below the base.
    ///   - query: the parameters of its address, decoded.
    ///   - facts: of the state that it is made from.
    /// - Returns: false for what is made in moments, and for what cannot be told before.
    package static func takesLong(
        at path: [String],
        _ query: [String: String],
        knowing facts: AgendaFacts
    ) -> Bool {
        if path.first == "find" { return true }
        guard path.count == 2, path[0] == "all", let page = Paging.page(query) else { return false }
        let count = KindView.documentCount(of: path[1], KindView.Filter(query), page: page, knowing: facts)
        return count > ReadAmount.subjectsInMoments
    }

    private func overview(_ query: [String: String]) throws -> String? {
        guard let page = Paging.page(query), let view = try OverviewView(page: page, reader) else { return nil }
        return render("overview", view, title: nil, section: "")
    }

    private func find(_ words: String) throws -> String {
        let view = try FindView(words, reader)
        return render("find", view, title: reader.visit.say(.pageFind), section: "find", words: words)
    }

    private func accessibility() -> String {
        render(
            "accessibility",
            [String: String](),
            title: reader.visit.say(.pageAccessibility),
            section: "accessibility"
        )
    }

    private func take() -> String {
        render("take", TakeView(reader.visit), title: reader.visit.say(.pageTake), section: "take")
    }

    /// A page that says one thing.
    package func message(title: String, _ text: String) -> String {
        render("message", ["title": title, "text": text], title: title, section: "message")
    }

    func render(_ template: String, _ page: Any, title: String?, section: String, words: String = "") -> String {
        let frame = PageFrame(
            title: title,
            agenda: reader.agendaTitle,
            section: section,
            words: words,
            size: reader.view.size,
            reader.visit
        )
        return PageTemplates.shared.render(
            template,
            ["frame": frame, "page": page, "w": PageMessages(language: reader.visit.language)]
        )
    }
}

extension AgendaPages {
    /// A page that says one thing, where no agenda can be read.
    ///
    /// - Parameters:
    ///   - title: what happened.
    ///   - text: what to do.
    ///   - typed: what whoever gets the page had typed, and may want to keep.
    ///   - visit: whose.
    /// - Returns: the HTML.
    package static func plain(title: String, _ text: String, typed: [String] = [], _ visit: PageVisit) -> String {
        let agenda = Vocabulary.kind("agenda", visit.language).capitalizedFirst
        let frame = PageFrame(title: title, agenda: agenda, section: "message", size: .zero, visit)
        let page: [String: Any] = ["title": title, "text": text, "typed": typed, "hasTyped": !typed.isEmpty]
        return PageTemplates.shared.render(
            "message",
            ["frame": frame, "page": page, "w": PageMessages(language: visit.language)]
        )
    }
}
