internal import AgendaModel
internal import Projections

/// What pages have to know of every document.
struct DocumentGist {
    /// What it refers to.
    private(set) var targets: [String] = []
    private(set) var phase: String?
    private(set) var place: PlaceMap.Point?
    private(set) var due: String?
    /// Whether it was neither reached nor dropped.
    private(set) var isOpen = true
    private var on: String?
    private var isVoided = false
    private var value = Double.nan

    /// - Parameters:
    ///   - document: in JCS form.
    ///   - kind: of the subject.
    ///   - fields: that refer to others, by their value or by the keys of their map.
    /// - Throws: `ProjectionError` for a value that cannot be read.
    init(_ document: [UInt8], of kind: String, referringIn fields: [String]) throws {
        try DocumentMembers.forEach(in: document) { name, value in
            switch String(decoding: name, as: UTF8.self) {
            case "phase" where kind == "project": phase = try DocumentMembers.text(value)
            case "location" where kind == "project":
                place = PlaceMap.Point(try JSONValue(folded: Array(value)))
            case "due" where kind == "milestone": due = try DocumentMembers.text(value)
            case "reached" where kind == "milestone": isOpen = false
            case "dropped" where kind == "milestone": if value.elementsEqual("true".utf8) { isOpen = false }
            case "on" where kind == "measurement": on = try DocumentMembers.text(value)
            case "voided" where kind == "measurement": isVoided = value.elementsEqual("true".utf8)
            case "value" where kind == "measurement":
                self.value = Double(String(decoding: value, as: UTF8.self)) ?? .nan
            case let field where fields.contains(field):
                if let text = try DocumentMembers.text(value) {
                    targets.append(text)
                } else {
                    targets += try JSONValue(folded: Array(value)).members?.map(\.name) ?? []
                }
            default: break
            }
        }
    }

    /// The subject of the document, as one that refers to others.
    func item(_ subject: String) -> Referrers.Item {
        let day = (on ?? due).flatMap { Int32($0.replacing("-", with: "")) } ?? 0
        return Referrers.Item(subject: subject, day: day, isVoided: isVoided, value: value)
    }
}
