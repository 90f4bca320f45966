package import AgendaModel
package import Projections
internal import Wording

/// Looks at what was recorded for what is unlikely; nothing is refused for it.
///
/// Valid only as long as its view is.
package struct Plausibility {
    private let view: StateView
    /// `YYYY-MM-DD`, where the person is.
    private let today: String
    /// How often each has been measured; nil = each is looked for by itself.
    private var counts: [Measured: Int]?
    /// Documents as they are once everything is recorded, by subject; of other subjects the view has them.
    private var written: [String: JSONValue] = [:]

    /// - Parameters:
    ///   - view: a state that has the event, with what is pending.
    ///   - today: `YYYY-MM-DD`, where the person is.
    package init(_ view: StateView, today: String) {
        self.view = view
        self.today = today
    }

    /// What is unlikely of an event that has been recorded.
    ///
    /// - Parameters:
    ///   - subject: what it is about.
    ///   - data: what it wrote.
    /// - Returns: in the order of the fields; none for what is as it should be.
    /// - Throws: what reading the state throws.
    package func doubts(about subject: String, writing data: JSONValue) throws -> [Doubt] {
        guard let document = try document(subject) else { return [] }
        return try doubts(about: subject, with: document, writing: data)
    }

    /// What is unlikely of an event that somebody is about to record.
    ///
    /// - Parameter event: as it was typed.
    /// - Returns: as `doubts(about:writing:)`, once it is recorded.
    /// - Throws: what reading the state throws.
    package func doubts(of event: TypedEvent) throws -> [Doubt] {
        let kind = String(event.type.prefix { $0 != "." })
        let before = try event.subject.flatMap { try document($0) } ?? .object([])
        let subject = event.subject ?? "\(kind)/"
        return try doubts(about: subject, with: before.merged(with: event.data), writing: event.data)
    }

    private func doubts(about subject: String, with document: JSONValue, writing data: JSONValue) throws -> [Doubt] {
        let kind = String(subject.prefix { $0 != "/" })
        var doubts = data.leaves.compactMap { path, value in
            value.text.flatMap { doubt(ofDay: $0, at: JSONPointer.pointer(path), kind: kind) }
        }
        if kind == "measurement", document["voided"] != true {
            doubts += try doubtsOfMeasurement(subject, document, writing: data)
        }
        if let place = data["location"].flatMap({ _ in Place(document["location"]) }) {
            if let doubt = try doubt(of: place, subject) { doubts.append(doubt) }
        }
        return doubts
    }

    /// What is unlikely of events that belong together, recorded or about to be; measurements are compared in one pass.
    ///
    /// - Parameter events: in order, what each is about, and what it writes; what it makes need not be there yet.
    /// - Returns: for each event, as `doubts(about:writing:)` once all of them are recorded.
    /// - Throws: what reading the state throws.
    package func doubts(ofAll events: [(subject: String, data: JSONValue)]) throws -> [[Doubt]] {
        var many = self
        for (subject, data) in events {
            many.written[subject] = try (many.document(subject) ?? .object([])).merged(with: data)
        }
        many.counts = try many.countedMeasurements()
        return try events.map { try many.doubts(about: $0.subject, writing: $0.data) }
    }

    // MARK: - Days

    private func doubt(ofDay day: String, at path: String, kind: String) -> Doubt? {
        guard Catalogue.current.form(at: path, of: "\(kind)/") == .date else { return nil }
        let hasHappened = path == "/on" || path == "/reached"
        if hasHappened, day > today { return Doubt(.future, at: path, ["day": day]) }
        guard let year = Int(day.prefix(4)), let now = Int(today.prefix(4)), year > now + Self.farYears else {
            return nil
        }
        return Doubt(.farFuture, at: path, ["day": day])
    }

    /// In years: agendas of regions look a generation ahead.
    private static let farYears = 40

    // MARK: - Measurements

    private func doubtsOfMeasurement(
        _ subject: String,
        _ document: JSONValue,
        writing data: JSONValue
    ) throws -> [Doubt] {
        var doubts: [Doubt] = []
        if data["value"] != nil, case .number(let digits)? = document["value"], digits.hasPrefix("-") {
            doubts.append(Doubt(.negative, at: "/value", ["number": digits]))
        }
        if try isMeasuredTwice(subject, document) { doubts.append(Doubt(.twice, at: "/value")) }
        if try !counts(document) {
            let indicator = try document["indicator"]?.text.flatMap { try view.naming.title(of: $0) }
            doubts.append(Doubt(.forNothing, at: "/indicator", ["indicator": indicator ?? ""]))
        }
        return doubts
    }

    private func isMeasuredTwice(_ subject: String, _ document: JSONValue) throws -> Bool {
        if let counts { return counts[Measured(document), default: 0] > 1 }
        guard let day = document["on"]?.text, try view.count(kind: "measurement") <= Self.maximumMeasurements else {
            return false
        }
        let measured = Measured(document)
        let pattern = BytePattern(day)
        var isFound = false
        try view.forEachDocument(kind: "measurement") { other, bytes in
            // Reading it as JSON costs more than looking for the day.
            guard other != subject, pattern.isPart(of: bytes) else { return true }
            let values = try JSONValue(folded: bytes)
            guard values["voided"] != true else { return true }
            isFound = Measured(values) == measured
            return !isFound
        }
        return isFound
    }

    private func countedMeasurements() throws -> [Measured: Int] {
        var counts: [Measured: Int] = [:]
        try forEachDocument(kind: "measurement") { _, document in
            if document["voided"] != true { counts[Measured(document), default: 0] += 1 }
        }
        return counts
    }

    /// What is the same in two measurements of the same thing.
    private struct Measured: Hashable {
        var fields: [JSONValue?]

        init(_ document: JSONValue) {
            fields = ["indicator", "ambition", "project", "value", "on"].map { document[$0] }
        }
    }

    /// Of more than so many none is compared: somebody waits.
    private static let maximumMeasurements = 100_000

    /// Whether a target has the measurement's indicator: of its ambition, or of one that its project serves.
    private func counts(_ document: JSONValue) throws -> Bool {
        guard let indicator = document["indicator"]?.text else { return true }
        var ambitions = document["ambition"]?.text.map { [$0] } ?? []
        if let project = try document["project"]?.text.flatMap({ try self.document($0) }) {
            ambitions += (project["ambitions"]?.members ?? []).filter { $0.value == true }.map(\.name)
        }
        return try ambitions.contains { try self.document($0)?["targets"]?[indicator]?["quantity"] != nil }
    }

    // MARK: - Places

    private func doubt(of place: Place, _ subject: String) throws -> Doubt? {
        var others: [Place] = []
        try forEachDocument(kind: "project") { other, document in
            if other != subject, let found = Place(document["location"]) { others.append(found) }
        }
        let nearest = others.map(place.kilometres).min()
        // A degree of latitude beyond 90 is none.
        guard abs(place.latitude) > 90 || nearest.map({ $0 > Self.farKilometres }) ?? false else { return nil }
        let exchanged = Place(latitude: place.longitude, longitude: place.latitude)
        let isExchanged =
            others.isEmpty
            ? abs(exchanged.latitude) <= 90 : others.contains { exchanged.kilometres(to: $0) <= Self.farKilometres }
        if isExchanged { return Doubt(.exchanged, at: "/location") }
        return Doubt(.farAway, at: "/location", ["number": "\(Int((nearest ?? 0).rounded()))"])
    }

    /// Regions are smaller.
    private static let farKilometres = 150.0

    // MARK: - Documents

    private func document(_ subject: String) throws -> JSONValue? {
        if let document = written[subject] { return document }
        return try view.document(of: subject).map { try JSONValue(folded: $0) }
    }

    /// Goes through the documents of a kind, as they are once everything is recorded.
    private func forEachDocument(kind: String, _ body: (_ subject: String, _ document: JSONValue) -> Void) throws {
        try view.forEachDocument(kind: kind) { subject, bytes in
            if written[subject] == nil { body(subject, try JSONValue(folded: bytes)) }
            return true
        }
        for (subject, document) in written where subject.hasPrefix("\(kind)/") { body(subject, document) }
    }
}
