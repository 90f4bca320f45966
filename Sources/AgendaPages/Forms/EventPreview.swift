internal import AgendaModel
internal import TypedInput
internal import Wording

/// What a form would record, in words, before it does.
struct EventPreview {
    var text: String
    /// What is unlikely of it.
    var doubts: [String]
    var hasDoubts: Bool
    /// Changes with the event and what is unlikely of it: a form that brings it was sent by somebody who has seen this.
    var mark: String

    /// The field of the form that brings the mark.
    static let name = "checked"

    /// - Throws: what reading throws.
    init(_ event: TypedEvent, of form: EventForm, _ pages: AgendaPages) throws {
        let visit = pages.reader.visit
        let kind = String(event.type.prefix { $0 != "." })
        let subject = event.subject ?? "\(kind)/"
        text = try pages.sentence(event.type, event.data, about: subject)
        doubts = try Plausibility(pages.reader.view, today: visit.likelyDay ?? visit.today).doubts(of: event)
            .map { $0.text(visit.localizer, of: kind) }
        doubts += try form.replaced(by: event)
        hasDoubts = !doubts.isEmpty
        mark = Array(([subject, event.data.compact] + doubts).joined(separator: "\n").utf8).mark
    }
}
