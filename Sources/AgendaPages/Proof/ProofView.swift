internal import AgendaModel
internal import EventLog
internal import Projections
internal import Wording

/// Where every value of a subject comes from, and whether the signed log has it.
struct ProofView {
    /// A field with its values: several where they stand side by side, or the field has parts.
    struct Field {
        var id: String
        var name: String
        var values: [ProvenValue]
    }

    /// What measurements come to for a target, with each of them.
    struct Sum {
        var id: String
        var name: String
        var total: String
        var unit: String
        var words: String
        /// Whether all that count are listed, so that they can be added up.
        var isWhole: Bool
        var isSum: Bool
        var values: [ProvenValue]
        /// Where all measurements of the indicator are listed, if not all that count are here.
        var more: String?
    }

    var title: String
    var subjectTitle: String
    var href: String
    var fields: [Field]
    var sums: [Sum]
    /// Where there are more than a page has.
    var paging: Paging?
    var key: String
    var checkAll: String?
    var isForVisitor: Bool
    /// The script that checks in the visitor's browser.
    var script: String
}

extension ProofView {
    /// nil where there is no such subject, nothing to prove it with, or no such page.
    init?(_ subject: String, page: Int, _ reader: AgendaReader) throws {
        guard let source = reader.proofs, try reader.document(subject) != nil,
            let found = reader.targets(of: subject, on: page, at: "proof/\(subject)")
        else { return nil }
        let visit = reader.visit
        subjectTitle = try reader.title(subject)
        title = "\(visit.say(.pageProof)): \(subjectTitle)"
        href = visit.href(subject)
        // They stand on the first page.
        fields = page == 1 ? try Self.fields(of: subject, source, reader) : []
        sums = try Sum.sums(of: found.shown, from: source, reader)
        paging = found.paging
        key = source.log.identity.verifierKey.description
        script = visit.base + "/assets/proof.js"
        switch source.checker {
        case .visitor: isForVisitor = true
        case .here:
            isForVisitor = false
            let place = page > 1 ? [("page", "\(page)")] : []
            checkAll = visit.href("proof/\(subject)", place + [("check", "all")])
        }
    }

    /// Where the values of a field stand on the page.
    static func anchor(_ field: String) -> String { "v-\(field)" }

    /// Where the measurements of an indicator stand on the page.
    static func anchor(sum indicator: String) -> String { "s-\(indicator.idPart)" }

    /// Bytes that only programs read.
    private static let saysNothing: Set<String> = ["key", "signature"]

    private static func fields(of subject: String, _ source: ProofSource, _ reader: AgendaReader) throws -> [Field] {
        let kind = subject.kindPart
        let registers = try reader.view.registers(of: subject)
        return try (Catalogue.current.kind(named: kind)?.fields ?? []).compactMap { field in
            guard !saysNothing.contains(field.name) else { return nil }
            let path = "/\(field.name)"
            let values = try registers.filter { $0.path == path || $0.path.hasPrefix("\(path)/") }.flatMap { register in
                try register.heads.filter { $0.value != nil || $0.isErased }.map { head in
                    let detail = try reader.detail(register.path, head.value, of: subject, isErased: head.isErased)
                    let isText = Catalogue.current.form(at: register.path, of: subject) == .string && !head.isErased
                    let text = try isText ? head.value.flatMap { try JSONValue(folded: $0).text } : nil
                    var value = try ProvenValue(
                        head,
                        at: register.path,
                        of: subject,
                        shownAs: text ?? detail.value,
                        from: source,
                        reader
                    )
                    value.label = register.path == path ? nil : detail.field
                    value.isConflict = register.isConflict
                    return value
                }
            }
            guard !values.isEmpty else { return nil }
            let name = Vocabulary.field(field.name, of: kind, reader.visit.language).capitalizedFirst
            return Field(id: anchor(field.name), name: name, values: values)
        }
    }
}

extension ProofView.Sum {
    /// What was measured for the targets of one ambition.
    fileprivate static func sums(
        of targets: [Progress],
        from source: ProofSource,
        _ reader: AgendaReader
    ) throws -> [Self] {
        guard let ambition = targets.first?.ambition else { return [] }
        let counted = CountedMeasurements(of: ambition, reader)
        return try targets.map { try Self($0, counting: counted, from: source, reader) }
    }

    private init(
        _ progress: Progress,
        counting counted: CountedMeasurements,
        from source: ProofSource,
        _ reader: AgendaReader
    ) throws {
        let (visit, localizer) = (reader.visit, reader.visit.localizer)
        let found = counted.items(of: progress.indicator).sorted { $0.day > $1.day }
        let listed = found.prefix(Self.maximumCount)
        values = try reader.documents(listed.map(\.subject)).compactMap { subject, document in
            let registers = try reader.view.registers(of: subject)
            guard let head = registers.first(where: { $0.path == "/value" })?.heads.first else { return nil }
            let text = reader.quantity(document["value"], unit: progress.unit)
            var value = try ProvenValue(head, at: "/value", of: subject, shownAs: text, from: source, reader)
            value.label = reader.date(document["on"])
            value.labelHref = visit.href("proof/\(subject)")
            // Checked with all that the page has.
            value.check = nil
            return value
        }
        id = ProofView.anchor(sum: progress.indicator)
        name = try reader.title(progress.indicator)
        total = localizer.number(progress.value)
        unit = progress.unit ?? ""
        isSum = progress.aggregation == .sum
        isWhole = listed.count == found.count
        let count = visit.number(progress.measurements)
        words = visit.say(isSum ? .pageProofSum : .pageProofLatest, ["count": count])
        if !isWhole {
            words += " " + visit.say(.pageProofSome, ["count": visit.number(listed.count)])
            more = visit.href("all/measurement", [("of", progress.indicator)])
        }
    }

    /// More are not listed: nobody checks them one by one, and a page has to stay one.
    private static let maximumCount = 200
}

extension AgendaPages {
    func proof(of subject: String, _ query: [String: String]) throws -> String? {
        guard let page = Paging.page(query), let view = try ProofView(subject, page: page, reader) else { return nil }
        return render("proof", view, title: view.title, section: "all/\(subject.kindPart)")
    }
}
