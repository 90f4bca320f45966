package import AgendaModel
internal import Projections
package import TypedInput

/// A form for one type of event, made from the catalogue.
///
/// What was typed stays as it was typed; what is wrong with it stands beside it.
package struct EventForm {
    package let type: Catalogue.EventType
    let reader: AgendaReader
    let person: Typist
    let input: EventInput
    /// Where it is sent; nil for what records it.
    package var action: String?
    /// By the name of the field in the form.
    var typed: [String: String]
    var faults: [String: String] = [:]
    /// What somebody may have meant, by the name of the field.
    var candidates: [String: [Candidate]] = [:]
    /// What it would record; nil while that is not known.
    var preview: EventPreview?
    /// What somebody sees who fills it in.
    private(set) var sight: FormSight
    /// Whether the form brought that along, as our own forms do.
    let isSeen: Bool

    /// The field that names what the event is about; of types that do not create it.
    static let subjectName = "subject"

    /// - Parameters:
    ///   - name: of the type.
    ///   - typed: what stands in the fields, by their names; what is missing is filled in where that can be known. A form that
    ///     was sent has with it what went along unseen.
    ///   - reader: the state.
    ///   - person: who types.
    /// - Throws: `InputError` for a type that there is not.
    package init(
        typeNamed name: String,
        typed: [String: String],
        _ reader: AgendaReader,
        by person: Typist
    ) throws {
        input = try EventInput(typeNamed: name, by: person) { try reader.subject(meaning: $0, of: $1) }
        type = input.type
        self.reader = reader
        self.person = person
        self.typed = typed
        let desk = reader.visit.desk
        let now = FormSight(
            size: reader.view.size,
            next: desk?.next ?? .zero,
            subject: nil,
            device: desk?.own?.present
        )
        var before = typed[FormSight.name].flatMap { FormSight($0, upTo: now.size) }
        if let subject = before?.subject, try !reader.view.exists(subject) { before = nil }
        sight = before ?? now
        isSeen = before != nil
        try lookUp()
        if !isSeen, !type.isCreating { sight.subject = try? subject(in: Self.subjectName, of: type.kind) }
    }

    /// Whether somebody with this role may record it by a form.
    package static func isOffered(_ type: Catalogue.EventType, to role: Role) -> Bool {
        !kindsElsewhere.contains(type.kind) && type.writers.allows(role)
    }

    /// Kinds without forms.
    ///
    /// Members and devices have a page of their own. What erases an entry says first what goes. Only a server tells of
    /// losses.
    private static let kindsElsewhere: Set<String> = ["member", "device", "entry", "loss"]

    /// What was typed into a field, without spaces at its ends.
    subscript(_ name: String) -> String { (typed[name] ?? "").trimmingSpaces }
}

extension String {
    /// Without spaces and line breaks at both ends.
    var trimmingSpaces: String {
        String(trimmingPrefix { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
