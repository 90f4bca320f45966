internal import AgendaModel
internal import Wording

/// An event that the server did not take.
package struct RefusedContent: Sendable {
    package var id: Int
    package var line: String
    /// Why, in the server's words.
    package var reason: String

    package init(id: Int, line: String, reason: String) {
        self.id = id
        self.line = line
        self.reason = reason
    }
}

/// The refused events as the page shows them.
struct RefusedView {
    struct Event {
        var text: String
        var time: String
        var reason: String
        var correct: String
        var retry: String
        var discard: String
    }

    var events: [Event]
    var hasEvents: Bool
    var token: String

    init(_ found: [RefusedContent], _ pages: AgendaPages) throws {
        let visit = pages.reader.visit
        events = try found.map { event in
            let line = EventLine(event.line)
            return Event(
                text: try line.map { try pages.sentence($0.type, $0.data, about: $0.subject) } ?? event.line,
                time: line?.time.map(visit.localizer.moment) ?? "",
                reason: visit.say(.pageSay, ["reason": event.reason]),
                correct: visit.address("refused/\(event.id)"),
                retry: visit.address("refused/\(event.id)/retry"),
                discard: visit.address("refused/\(event.id)/discard")
            )
        }
        hasEvents = !events.isEmpty
        token = visit.desk?.token ?? ""
    }
}
