internal import AgendaModel
internal import SyncProtocol
internal import Wording

/// What stands around every page: the agenda's name, where to go, how the laptop stands, which moment is looked at.
struct PageFrame {
    struct Place {
        var text: String
        var href: String
        var isCurrent: Bool
    }

    struct Standing {
        var text: String
        var href: String
        var mark: String
    }

    struct PastBanner {
        var text: String
        var now: String
        var size: String
    }

    var language: String
    var title: String
    var agenda: String
    /// Whether there is an agenda to look around in.
    var hasAgenda: Bool
    var home: String
    var base: String
    var places: [Place]
    var find: String
    var history: String?
    var isHistory: Bool
    /// The language that the visitor chose; nil when nobody did, or a cookie remembers it.
    var chosen: String?
    var words: String
    var past: PastBanner?
    var isDesk: Bool
    var mayRecord: Bool
    /// Of what the page shows: it is shown anew when another one is the laptop's.
    var mark: String
    var record: String
    var standing: [Standing]
    var token: String
    var notice: String?
    var problem: String?
    var undo: String?
    var undoAction: String
    var languages: [Place]
    var accessibility: String
    /// Guides, on a laptop.
    var help: String?
    var take: String?
    /// For admins.
    var people: String?
    var size: String

    /// - Parameters:
    ///   - title: of the page; nil for the overview.
    ///   - agenda: what the agenda is called.
    ///   - section: the path of the place that the page belongs to.
    ///   - words: that were looked for.
    ///   - size: of the log that is shown.
    ///   - visit: who looks.
    init(title: String?, agenda: String, section: String, words: String = "", size: LogSize, _ visit: PageVisit) {
        let language = visit.language
        self.language = language.rawValue
        self.title = title.map { "\($0) – \(agenda)" } ?? agenda
        self.agenda = agenda
        hasAgenda = visit.hasAgenda
        self.words = words
        home = visit.href("")
        base = visit.base
        find = visit.address("find")
        history = visit.showsHistory ? visit.href("history") : nil
        isHistory = section == "history"
        chosen = visit.chosenLanguage?.rawValue
        record = visit.address("record")
        accessibility = visit.href("accessibility")
        people = visit.desk?.role == .admin ? visit.address("people") : nil
        help = visit.desk == nil ? nil : visit.href("help")
        take = visit.files.isEmpty ? nil : visit.href("take")
        var places = [Place(text: visit.say(.pageOverview), href: visit.href(""), isCurrent: section.isEmpty)]
        for kind in ["project", "ambition", "offer", "ask", "organisation"] {
            let path = "all/\(kind)"
            places.append(
                Place(
                    text: Vocabulary.plural(kind, language).capitalizedFirst,
                    href: visit.href(path),
                    isCurrent: section == path
                )
            )
        }
        self.places = places
        past = visit.past.map { past in
            let time = past.time.map(visit.localizer.moment) ?? "–"
            return PastBanner(
                text: visit.say(.pagePast, ["time": time, "count": visit.number(past.size.rawValue)]),
                now: visit.address(visit.path.pathOnly),
                size: "\(past.size)"
            )
        }
        isDesk = visit.desk != nil && visit.past == nil
        mayRecord = visit.canRecord
        mark = visit.desk?.mark ?? ""
        token = visit.desk?.token ?? ""
        standing = visit.desk.map { Self.standing($0, visit) } ?? []
        notice = visit.notice.flatMap { $0.isProblem ? nil : $0.text }
        undo = visit.notice?.undo.map(String.init)
        undoAction = visit.address("undo")
        problem = visit.notice.flatMap { $0.isProblem ? $0.text : nil }
        languages = Language.allCases.map { other in
            Place(
                text: other == .dutch ? "Nederlands" : "English",
                href: visit.address(visit.path.pathOnly, visit.path.queryItems, in: other),
                isCurrent: other == language
            )
        }
        self.size = visit.say(.pageSize, ["count": visit.number(size.rawValue)])
    }

    private static func standing(_ desk: PageVisit.Desk, _ visit: PageVisit) -> [Standing] {
        func counted(_ count: Int, one: Message, many: Message) -> String {
            visit.say(count == 1 ? one : many, ["count": visit.number(count)])
        }
        var parts: [Standing] = []
        let sent =
            desk.notSent == 0
            ? visit.say(.pageAllSent) : counted(desk.notSent, one: .pageNotSentOne, many: .pageNotSentMany)
        parts.append(Standing(text: sent, href: visit.address("sync"), mark: desk.notSent == 0 ? "good" : "waiting"))
        let attention: [(count: Int, one: Message, many: Message, page: String)] = [
            (desk.conflicts, .pageConflictOne, .pageConflictMany, "conflicts"),
            (desk.overtaken, .pageNoEffectOne, .pageNoEffectMany, "conflicts"),
            (desk.refused, .pageRefusedOne, .pageRefusedMany, "refused"),
        ]
        for part in attention where part.count > 0 {
            let text = counted(part.count, one: part.one, many: part.many)
            parts.append(Standing(text: text, href: visit.address(part.page), mark: "attention"))
        }
        return parts
    }
}

extension String {
    /// With a capital at its beginning.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

    /// Of an address below the base, what is before the query.
    var pathOnly: String { String(prefix { $0 != "?" }) }

    /// The query of an address, decoded, without what links add themselves.
    var queryItems: [(String, String)] {
        guard let mark = firstIndex(of: "?") else { return [] }
        return self[index(after: mark)...].split(separator: "&").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] != "language",
                let value = PercentEncoding.decode(parts[1], plusIsSpace: true)
            else { return nil }
            return (String(parts[0]), value)
        }
    }
}
