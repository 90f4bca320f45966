internal import AgendaModel
internal import AgendaPages
internal import SyncClient
internal import TypedInput
internal import Wording

extension Desk {
    /// What became of a form.
    enum FormAnswer {
        /// Something is wrong: the form again, as HTML.
        case again(String)
        /// It was recorded; where to go on, and the event's counter.
        case recorded(subject: String, id: Int)
    }

    /// A form with what a link, or an earlier attempt, says of its fields.
    ///
    /// - Parameters:
    ///   - type: of the event.
    ///   - typed: by the names of the fields.
    ///   - visit: who types.
    ///   - action: where it is sent; nil for what records it.
    ///   - fault: what the event's checks had against it.
    /// - Returns: the page.
    /// - Throws: what reading throws.
    func form(
        _ type: String,
        typed: [String: String],
        _ visit: PageVisit,
        action: String? = nil,
        saying fault: String? = nil
    ) throws -> String {
        try reading(visit) { pages in
            var form = try EventForm(typeNamed: type, typed: typed, pages.reader, by: person(visit))
            form.action = action
            if let fault { form.add(fault: fault) }
            return try pages.form(form)
        }
    }

    /// Records what was typed into a form.
    ///
    /// - Throws: `InputError` for a type that there is not; `ReplicaError` for what is wrong with the replica.
    func record(_ type: String, typed: [String: String], _ visit: PageVisit) throws -> FormAnswer {
        // A snapshot is read first and let go: recording reads of its own.
        let (event, basis, html) = try reading(visit) { pages -> (TypedEvent?, LogSize?, String) in
            var form = try EventForm(typeNamed: type, typed: typed, pages.reader, by: person(visit))
            guard let event = try pages.event(of: &form) else { return (nil, nil, try pages.form(form)) }
            return (event, form.basis(of: event), "")
        }
        guard let event else { return .again(html) }
        do {
            let recorded = try replica.record(
                type: event.type,
                subject: event.subject,
                data: event.data,
                seeing: basis
            )
            return .recorded(subject: Self.goesOn(event, recorded.subject), id: recorded.id)
        } catch {
            guard Self.isAboutInput(error) else { throw error }
            let found = visit.localizer.language.words(of: error.description)
            return .again(try form(type, typed: typed, visit, saying: found))
        }
    }

    /// What a form would record, as a part of its page; empty while that is not known.
    ///
    /// - Throws: `InputError` for a type that there is not; what reading throws.
    func preview(_ type: String, typed: [String: String], _ visit: PageVisit) throws -> String {
        try reading(visit) { pages in
            var form = try EventForm(typeNamed: type, typed: typed, pages.reader, by: person(visit))
            _ = try pages.event(of: &form)
            return pages.preview(form)
        }
    }

    /// Whether somebody can put it right in the form.
    static func isAboutInput(_ error: ReplicaError) -> Bool {
        [.invalidEvent, .unknownSubject, .notAllowed, .refusedEvent].contains(error.code)
    }

    /// What was recorded under a counter, in a sentence; nil when it is not here any more.
    func sentence(of id: Int, _ visit: PageVisit) throws -> String? {
        guard let event = try replica.pending().first(where: { $0.id == id }), let line = EventLine(event.line) else {
            return nil
        }
        return try reading(visit) { pages in
            let plausibility = Plausibility(pages.reader.view, today: visit.likelyDay ?? visit.today)
            let kind = String(line.subject.prefix { $0 != "/" })
            let doubts = try plausibility.doubts(about: line.subject, writing: line.data)
                .map { $0.text(visit.localizer, of: kind) }
            return ([try pages.sentence(line.type, line.data, about: line.subject)] + doubts).joined(separator: ". ")
        }
    }

    /// The page that shows best what was recorded.
    private static func goesOn(_ event: TypedEvent, _ subject: String) -> String {
        for field in ["project", "about", "ambition"] where event.subject == nil {
            if let target = event.data[field]?.text { return target }
        }
        return subject
    }
}
