internal import AgendaModel
internal import EventLog
internal import Projections
internal import TypedInput
internal import Wording

/// What happened, newest first, as far as it fits what somebody asks for.
struct HistoryView {
    struct Day {
        var title: String
        var then: String
        var happenings: [Happening]
    }

    struct Option {
        var value: String
        var text: String
        var isChosen: Bool
    }

    var action: String
    var until: String
    var about: String
    var people: [Option]
    var types: [Option]
    var fault: String?
    var days: [Day]
    var hasDays: Bool
    var earlier: String?
    var overview: String
    var compare: String
}

extension HistoryView {
    /// - Parameters:
    ///   - query: `until`, `by`, `type`, `about`, `before`.
    ///   - happenings: tells what happened.
    ///   - reader: the state.
    ///   - person: who typed the query.
    /// - Throws: what reading throws.
    init(
        _ query: [String: String],
        from happenings: Happenings,
        _ reader: AgendaReader,
        by person: Typist
    ) throws {
        let visit = reader.visit
        var end: LogSize?
        func named(_ name: String) -> Set<String> { Set(query[name]?.orNil.map { [$0] } ?? []) }
        var filter = HistoryFilter(types: named("type"), authors: named("by"))
        do {
            end = try query["until"]?.orNil.flatMap { text in
                guard let day = try DayText.value(text, by: person) else {
                    throw InputError(.invalidData, .noState, with: ["text": text])
                }
                return try happenings.size(through: day, visit)
            }
            filter.subjects = Set(try query["about"]?.orNil.map { [try reader.subject(meaning: $0, of: nil)] } ?? [])
        } catch let error as InputError {
            fault = error.message[visit.language]
        }
        action = visit.address("history")
        overview = visit.address("")
        compare = visit.address("compare")
        until = query["until"] ?? ""
        about =
            try query["about"]?.orNil.map { text in
                NameText.isSubject(text) ? "\(try reader.title(text)) (\(text))" : text
            } ?? ""
        people = try reader.all("member").map { subject, document in
            Option(value: subject, text: document["name"]?.text ?? subject.idPart, isChosen: subject == query["by"])
        }
        types = Catalogue.current.types.filter { $0.kind != "device" && $0.kind != "loss" }.map { type in
            let kind = Vocabulary.kind(type.kind, visit.language).capitalizedFirst
            let text = "\(kind): \(Vocabulary.type(type.name, visit.language))"
            return Option(value: type.name, text: text, isChosen: type.name == query["type"])
        }
        let before = [end, query["before"].flatMap { Int($0) }.map { LogSize(max(0, $0)) }].compactMap(\.self).min()
        let found =
            try happenings.last(fault == nil ? Self.count : 0, before: before, fitting: filter, for: reader)
        days = Self.days(found.items, visit)
        hasDays = !days.isEmpty
        earlier = found.next.map { next in
            let kept = ["by", "type", "about"].compactMap { name in query[name]?.orNil.map { (name, $0) } }
            return visit.href("history", kept + [("before", "\(next)")])
        }
    }

    private static let count = 50

    private static func days(_ items: [Happening], _ visit: PageVisit) -> [Day] {
        var days: [Day] = []
        var last: String?
        for item in items {
            if item.day != last {
                last = item.day
                days.append(
                    Day(
                        title: visit.localizer.date(item.day),
                        then: visit.address("", [("at", "\(LogSize(through: item.position))")]),
                        happenings: []
                    )
                )
            }
            days[days.count - 1].happenings.append(item)
        }
        return days
    }
}

extension Happenings {
    /// How many entries there were when a day ended where the visitor is.
    fileprivate func size(through day: String, _ visit: PageVisit) throws -> LogSize? {
        try Timestamp(endOf: day, in: visit.localizer.timeZone).map(log.size)
    }
}
