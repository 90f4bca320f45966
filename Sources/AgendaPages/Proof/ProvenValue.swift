internal import AgendaModel
internal import EventLog
internal import Projections
internal import Wording

/// A value with where it comes from.
struct ProvenValue {
    /// What the value is of, where the heading does not say so.
    var label: String?
    var labelHref: String?
    var text: String
    /// How a browser reads the text back: `number`, `cents`, `day`, `text`; nil where only `json` can be compared.
    var form: String?
    /// The value in JCS form, where the text does not tell it.
    var json: String?
    var subject: String
    /// RFC 6901 pointer.
    var path: String
    /// Who, and when.
    var origin: String
    var position: String?
    var entry: String?
    /// Where evidence can be had.
    var evidence: String?
    /// Where it is checked; nil where the visitor's browser does it.
    var check: String?
    /// What came of checking it.
    var outcome: PageMark?
    var isConflict = false
}

extension ProvenValue {
    /// - Parameters:
    ///   - head: the write.
    ///   - path: of its register.
    ///   - subject: whose register it is.
    ///   - text: the value for people.
    ///   - source: where proof comes from.
    ///   - reader: the state.
    /// - Throws: what reading throws.
    init(
        _ head: Head,
        at path: String,
        of subject: String,
        shownAs text: String,
        from source: ProofSource,
        _ reader: AgendaReader
    ) throws {
        let visit = reader.visit
        let isLong = text.count > Self.maximumLength
        self.text = isLong ? text.prefix(Self.maximumLength) + "…" : text
        self.subject = subject
        self.path = path
        origin = try Self.origin(of: head, reader)
        guard head.position != .afterEverything else { return }
        entry = visit.say(.pageEntry, ["number": visit.number(head.position.rawValue)])
        guard let value = head.value else { return }
        position = "\(head.position)"
        form = Self.form(at: path, of: subject)
        if form == nil { json = String(decoding: value, as: UTF8.self) }
        switch source.checker {
        case .visitor(let place): evidence = "\(place)\(head.position)"
        case .here(let wanted):
            evidence = visit.address("evidence/\(head.position)")
            check = visit.href("proof/\(subject)", [("check", "\(head.position)")])
            if wanted == .everything || wanted == .entry(head.position) {
                outcome = Self.outcome(of: value, at: path, by: head.position, source.log, visit)
            }
        }
    }

    private static let maximumLength = 400

    private static func origin(of head: Head, _ reader: AgendaReader) throws -> String {
        let visit = reader.visit
        let time = visit.localizer.moment(head.time)
        // Who did what is not for everybody.
        guard visit.desk != nil else { return time }
        let author = try reader.naming.author(of: head.source)
        let who = author.memberName ?? author.deviceName ?? visit.say(.byServer)
        return head.position == .afterEverything ? "\(who) · \(visit.say(.pageNotSent))" : "\(who) · \(time)"
    }

    private static func form(at path: String, of subject: String) -> String? {
        switch Catalogue.current.form(at: path, of: subject) {
        case .integer where path == "/budget": "cents"
        case .number, .integer: "number"
        case .date: "day"
        case .string: "text"
        default: nil
        }
    }

    private static func outcome(
        of value: [UInt8],
        at path: String,
        by position: Position,
        _ log: any LogReader,
        _ visit: PageVisit
    ) -> PageMark {
        do {
            guard let checkpoint = try ShownValueCheck(log: log).checkpoint(of: value, at: path, by: position) else {
                return PageMark(text: visit.say(.pageProofOther), mark: "broken")
            }
            let size = visit.number(checkpoint.size.rawValue)
            return PageMark(text: visit.say(.pageProofHoldsIn, ["count": size]), mark: "holds")
        } catch {
            let reason = visit.language.words(of: (error as? LogError)?.message ?? "\(error)")
            return PageMark(text: visit.say(.pageProofFailed, ["reason": reason]), mark: "broken")
        }
    }
}
