internal import AgendaModel
internal import Wording

/// A form as a page shows it.
struct FormView {
    struct Field {
        var id: String
        var name: String
        var label: String
        var hint: String?
        var hintID: String?
        var unit: String?
        var value: String
        var isArea: Bool
        var isSelect: Bool
        var isInput: Bool
        var inputMode: String?
        var options: [Option]
        var list: String?
        /// Where a list comes from that is too long to stand here; nil for one that does.
        var source: String?
        /// What was found for what was typed, to be chosen from.
        var offers: [Option] = []
        var hasOffers = false
        var fault: String?
        var faultID: String?
        var isRequired: Bool
        var described: String?
        /// What goes along with it.
        var unseen: [Unseen] = []
    }

    /// A field that nobody sees.
    struct Unseen {
        var name: String
        var value: String
    }

    struct Option {
        var value: String
        var text: String
        var isChosen: Bool
        /// Of an indicator.
        var unit: String?
    }

    struct Fault {
        var href: String
        var label: String
        var text: String
    }

    var title: String
    var kind: String
    var action: String
    var token: String
    /// What somebody sees who fills in the form.
    var seen: String
    var fields: [Field]
    var faults: [Fault]
    var hasFaults: Bool
    /// Whether there are buttons before the one that records.
    var hasOtherButtons: Bool
    /// What would be recorded; nil while that is not known.
    var preview: EventPreview?
    /// What is unlikely of it, for somebody who has not seen that.
    var doubts: [String]
    var hasDoubts: Bool
    /// What says, of the same fields, what would be recorded.
    var check: String
    /// What the button says that records it.
    var submit: String
    var cancel: String
}

extension FormView {
    init(_ form: EventForm) throws {
        let visit = form.reader.visit
        let kind = Vocabulary.kind(form.type.kind, visit.language)
        title = "\(kind.capitalizedFirst): \(Vocabulary.type(form.type.name, visit.language))"
        self.kind = kind
        action = visit.address(form.action ?? "record/\(form.type.name)")
        token = visit.desk?.token ?? ""
        seen = form.sight.text
        fields = try form.items.map { try Field($0, of: form) }
        faults = fields.compactMap { field in
            field.fault.map { Fault(href: "#\(field.id)", label: field.label, text: $0) }
        }
        hasFaults = !faults.isEmpty
        hasOtherButtons = fields.contains { $0.source != nil || $0.hasOffers }
        preview = form.preview
        doubts = form.preview?.doubts ?? []
        hasDoubts = !doubts.isEmpty
        check = visit.address("record/\(form.type.name)/check")
        submit = visit.say(hasDoubts ? .pageRecordAnyway : .pageRecord)
        cancel = visit.address(form.sight.subject ?? "")
    }
}

extension FormView.Field {
    /// A field for a line of text that has to be there.
    init(text name: String, label: String, hint: String?, value: String, fault: String?) {
        let id = "field-\(name)"
        self.init(
            id: id,
            name: name,
            label: label,
            hint: hint,
            hintID: hint == nil ? nil : "\(id)-hint",
            unit: nil,
            value: value,
            isArea: false,
            isSelect: false,
            isInput: true,
            inputMode: nil,
            options: [],
            list: nil,
            fault: fault,
            faultID: fault == nil ? nil : "\(id)-fault",
            isRequired: true,
            described: Self.described(id, hint: hint, fault: fault)
        )
    }

    private static func described(_ id: String, hint: String?, fault: String?) -> String? {
        [hint == nil ? nil : "\(id)-hint", fault == nil ? nil : "\(id)-fault"].compactMap(\.self)
            .joined(separator: " ").orNil
    }

    init(_ item: EventForm.Item, of form: EventForm) throws {
        let visit = form.reader.visit
        let shown = try form.shown(item)
        let value = shown.text
        let isArea = item.form == .string && EventForm.isLong(item.field)
        var options: [FormView.Option] = []
        var isSelect = false
        var source: String?
        switch item.form {
        case .oneOf:
            isSelect = true
            options = (form.choices(of: item) ?? []).map { name in
                let text = Vocabulary.value(name, of: item.field, visit.language)
                return FormView.Option(value: name, text: text, isChosen: name == value || text == value)
            }
        case .boolean:
            isSelect = true
            options = (form.choices(of: item) ?? []).map { name in
                let text = visit.say(name == "true" ? .yes : .no)
                return FormView.Option(value: name, text: text, isChosen: name == value || text == value)
            }
        case .reference(let kind):
            if let kind, form.reader.facts.counts[kind] ?? 0 <= Self.maximumCandidates {
                options = try form.reader.candidates(of: kind).options
            } else {
                source = visit.address(kind.map { "choices/\($0)" } ?? "choices")
            }
        default: break
        }
        let found = (form.candidates[item.name] ?? []).prefix(EventForm.maximumOffered)
        let id = "field-\(item.name.replacing(".", with: "-"))"
        let fault = form.faults[item.name]
        let hint = Self.hint(item, visit)
        self.init(
            id: id,
            name: item.name,
            label: item.label,
            hint: hint,
            hintID: hint == nil ? nil : "\(id)-hint",
            unit: try Self.unit(item, form),
            value: value,
            isArea: isArea,
            isSelect: isSelect,
            isInput: !isArea && !isSelect,
            inputMode: item.form == .number ? "decimal" : nil,
            options: options,
            list: !isSelect && (source != nil || !options.isEmpty) ? "\(id)-list" : nil,
            source: source,
            offers: zip(found, Array(found).options).map { candidate, option in
                FormView.Option(value: "\(item.name) \(candidate.subject)", text: option.text, isChosen: false)
            },
            hasOffers: !found.isEmpty,
            fault: fault,
            faultID: fault == nil ? nil : "\(id)-fault",
            isRequired: item.isRequired,
            described: Self.described(id, hint: hint, fault: fault),
            unseen: try form.unseen(beside: item, showing: shown)
        )
    }

    /// Of a kind with more subjects than this, part of a title is typed, and looked for when the form comes in.
    private static let maximumCandidates = 1000

    private static func hint(_ item: EventForm.Item, _ visit: PageVisit) -> String? {
        switch item.form {
        case .reference(kind: nil): visit.say(.pageHintAnything)
        case .reference: visit.say(.pageHintReference)
        case .date: visit.say(.pageHintDay)
        case .number where item.field == "latitude": visit.say(.pageHintLatitude)
        case .number where item.field == "longitude": visit.say(.pageHintLongitude)
        case .number: visit.say(.pageHintNumber)
        case .integer where item.field == "budget": visit.say(.pageHintAmount)
        default: nil
        }
    }

    private static func unit(_ item: EventForm.Item, _ form: EventForm) throws -> String? {
        guard item.form == .number else { return nil }
        let name = form["indicator"].isEmpty ? "targets.key" : "indicator"
        guard !form[name].isEmpty, let subject = try? form.subject(in: name, of: "indicator") else { return nil }
        return try form.reader.document(subject)?["unit"]?.text
    }
}
