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
    init?(_ subject: String, shown: (_ path: Path) -> State.ShownValue?) {
        func json(_ path: Path) -> JSONValue? { shown(path)?.value.flatMap { try? JSONValue(parsing: $0) } }
        func text(_ path: Path) -> String? {
            guard let value = shown(path)?.value, value.count >= 2, value[0] == UInt8(ascii: "\"") else { return nil }
            // Few texts have an escape.
            if !value.contains(UInt8(ascii: "\\")) {
                return String(decoding: value[1..<value.count - 1], as: UTF8.self)
            }
            return (try? JSONValue(parsing: value))?.text
        }
        guard subject.hasPrefix("\(Self.kind)/"), let written = shown(.value), let value = json(.value)?.double,
            let indicator = text(.indicator), json(.voided) != true
        else { return nil }
        self.subject = subject
        self.value = value
        place = Place(indicator: indicator, ambition: text(.ambition) ?? "", project: text(.project) ?? "")
        on = text(.on) ?? ""
        position = written.position
        counter = written.counter
    }

    init?(_ subject: String, _ registers: [Register]) {
        self.init(subject) { path in
            registers.first { $0.path == path.pointer }?.heads.first.map {
                State.ShownValue(value: $0.value, position: $0.position, counter: $0.counter)
            }
        }
    }
}
