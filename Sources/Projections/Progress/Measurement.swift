internal import AgendaModel

/// What a measurement says, as far as progress depends on it.
struct Measurement: Hashable {
    /// What it counts for.
    struct Place: Hashable {
        var indicator: String
        /// Empty when it names none.
        var ambition: String
        /// Empty when it names none.
        var project: String
    }

    /// `measurement/<id>`.
    var subject: String
    var place: Place
    var value: Double
    /// `YYYY-MM-DD`; empty when it does not say.
    var on: String
    /// Of the event that wrote the value.
    var position: Position
    var counter: Counter

    static let kind = "measurement"

    /// The fields that progress depends on.
    enum Path: String, CaseIterable {
        case indicator, ambition, project, value, on, voided

        /// RFC 6901 pointer.
        var pointer: String { "/\(rawValue)" }
    }

    /// Whether this one comes after another by date; on the same date, by the value that was recorded later.
    func follows(_ other: Measurement) -> Bool {
        (on, position, counter, subject) > (other.on, other.position, other.counter, other.subject)
    }
}

extension Measurement {
    /// nil for a subject that does not count: another kind, voided, or without indicator or value.
    ///
    /// - Parameters:
    ///   - subject: `<kind>/<id>`.
    ///   - shown: gives the head that is shown at a path; nil where nothing has been written.
    /// - Throws: `ProjectionError` for a value that cannot be read.
    init?(_ subject: String, shown: (_ path: Path) -> State.ShownValue?) throws {
        func json(_ path: Path) throws -> JSONValue? { try shown(path)?.value.map { try JSONValue(folded: $0) } }
        func text(_ path: Path) throws -> String? {
            guard let value = shown(path)?.value, value.count >= 2, value[0] == UInt8(ascii: "\"") else { return nil }
            // Few texts have an escape.
            if !value.contains(UInt8(ascii: "\\")) {
                return String(decoding: value[1..<value.count - 1], as: UTF8.self)
            }
            return try JSONValue(folded: value).text
        }
        guard subject.hasPrefix("\(Self.kind)/"), let written = shown(.value), let value = try json(.value)?.double,
            let indicator = try text(.indicator), try json(.voided) != true
        else { return nil }
        self.subject = subject
        self.value = value
        place = Place(indicator: indicator, ambition: try text(.ambition) ?? "", project: try text(.project) ?? "")
        on = try text(.on) ?? ""
        position = written.position
        counter = written.counter
    }

    init?(_ subject: String, _ registers: [Register]) throws {
        try self.init(subject) { path in
            registers.first { $0.path == path.pointer }?.heads.first.map {
                State.ShownValue(value: $0.value, position: $0.position, counter: $0.counter)
            }
        }
    }
}
