internal import AgendaModel

extension AgendaGenerator {
    /// What an event says, before it has an identity.
    struct Draft {
        var type: String
        /// nil for a creating event: its subject is named after its identity.
        var subject: String?
        var data: String
    }

    /// An event that the device can record with what it knows.
    mutating func draft(for device: Int) -> Draft {
        // An agenda first needs something to work on.
        for kind in ["theme", "organisation", "indicator", "ambition", "project"]
        where subject(kind, for: device) == nil {
            return creating(kind, for: device)
        }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<1: return creating("theme", for: device)
        case 1..<3: return creating("organisation", for: device)
        case 3..<4: return creating("indicator", for: device)
        case 4..<6: return creating("ambition", for: device)
        case 6..<12: return creating("project", for: device)
        case 12..<18: return creating("milestone", for: device)
        case 18..<50: return creating("measurement", for: device)
        case 50..<56: return creating("note", for: device)
        case 56..<60: return creating(random.chance(0.5) ? "offer" : "ask", for: device)
        default: return change(for: device)
        }
    }

    private mutating func creating(_ kind: String, for device: Int) -> Draft {
        switch kind {
        case "theme": Draft(type: "theme.opened", data: #"{"title":"\#(text())","order":\#(integer(1...20))}"#)
        case "organisation":
            Draft(type: "organisation.registered", data: #"{"name":"\#(text())","sort":"company"}"#)
        case "indicator":
            Draft(type: "indicator.defined", data: #"{"name":"\#(text())","unit":"banen","aggregation":"sum"}"#)
        case "ambition":
            Draft(
                type: "ambition.proposed",
                data: #"{"theme":"\#(known("theme", device))","title":"\#(text())","horizon":"\#(date())"}"#
            )
        case "offer": Draft(type: "offer.made", data: #"{"theme":"\#(known("theme", device))","title":"\#(text())"}"#)
        case "ask": Draft(type: "ask.raised", data: #"{"theme":"\#(known("theme", device))","title":"\#(text())"}"#)
        case "milestone":
            Draft(
                type: "milestone.planned",
                data: #"{"project":"\#(known("project", device))","title":"\#(text())","due":"\#(date())"}"#
            )
        case "measurement":
            Draft(
                type: "measurement.recorded",
                data: #"""
                    {"project":"\#(known("project", device))","indicator":"\#(known("indicator", device))",\#
                    "value":\#(integer(0...4_000)).5,"on":"\#(date())"}
                    """#
            )
        case "note":
            Draft(type: "note.added", data: #"{"about":"\#(known("project", device))","text":"\#(text()) \#(text())"}"#)
        default:
            Draft(
                type: "project.started",
                data: #"{"title":"\#(text())","phase":"idea","lead":"\#(known("organisation", device))"}"#
            )
        }
    }

    private mutating func change(for device: Int) -> Draft {
        let project = known("project", device)
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            let phase = ["idea", "preparation", "realisation"].randomElement(using: &random) ?? "idea"
            return Draft(type: "project.advanced", subject: project, data: #"{"phase":"\#(phase)"}"#)
        case 1:
            let data = #"{"summary":"\#(text()), \#(text())","budget":\#(integer(10_000...90_000_000))}"#
            return Draft(type: "project.revised", subject: project, data: data)
        case 2:
            let data = #"{"ambitions":{"\#(known("ambition", device))":true}}"#
            return Draft(type: "project.linked", subject: project, data: data)
        case 3:
            let data = #"{"partners":{"\#(known("organisation", device))":"\#(text())"}}"#
            return Draft(type: "project.partner-joined", subject: project, data: data)
        case 4:
            let data =
                #"{"targets":{"\#(known("indicator", device))":{"quantity":\#(integer(1...5_000)),"due":"\#(date())"}}}"#
            return Draft(type: "ambition.targeted", subject: known("ambition", device), data: data)
        default:
            guard let milestone = subject("milestone", for: device) else {
                return Draft(
                    type: "project.halted",
                    subject: project,
                    data: #"{"phase":"halted","reason":"\#(text())"}"#
                )
            }
            return Draft(
                type: "milestone.moved",
                subject: milestone,
                data: #"{"due":"\#(date())","reason":"\#(text())"}"#
            )
        }
    }

    /// A subject that the device has seen or made.
    private mutating func subject(_ kind: String, for device: Int) -> String? {
        let all = subjects[kind] ?? []
        let basis = devices[device].basis
        for _ in 0..<8 {
            guard let candidate = all.randomElement(using: &random) else { return nil }
            if candidate.device == device || candidate.position < basis { return candidate.name }
        }
        return all.first { $0.device == device || $0.position < basis }?.name
    }

    /// Only for kinds of which `draft` made sure that there is one.
    private mutating func known(_ kind: String, _ device: Int) -> String {
        subject(kind, for: device) ?? "\(kind)/missing"
    }

    private mutating func integer(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func date() -> String {
        let (month, day) = (integer(1...12), integer(1...28))
        return "\(integer(2026...2035))-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }

    private mutating func text() -> String {
        let first = ["Woningbouw", "Fietsroute", "Leerwerkplek", "Buurtcafé", "Vezelhennepteelt", "Stationsgebied"]
        let middle = [
            "in de binnenstad", "aan de vaart", "op het bedrijvenpark", "bij het \\\"Hertenkamp\\\"", "in Marsdijk",
        ]
        let last = [
            "voor jongeren", "met bewoners", "voor ondernemers", "zonder uitstoot", "tot en met fase \(integer(1...4))",
        ]
        return [first, middle, last].compactMap { $0.randomElement(using: &random) }.joined(separator: " ")
    }
}
