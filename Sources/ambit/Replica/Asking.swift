import AgendaModel
import SyncClient
import TypedInput
import Wording

/// Asks somebody at a terminal for an event: what happened, to what, and each field.
///
/// A wrong answer is explained, and asked for again; nothing is recorded before all is known.
struct Asking {
    private let replica: Replica
    private let typist: Typist
    private let localizer: Localizer

    init(_ replica: Replica, by typist: Typist, in localizer: Localizer) {
        self.replica = replica
        self.typist = typist
        self.localizer = localizer
    }

    /// What is recorded most in the field, by the number that chooses it.
    private static let usual = [
        "measurement.recorded", "milestone.reached", "note.added", "project.advanced", "milestone.planned",
    ]

    func event() throws -> TypedEvent {
        let input = try type()
        let subject = try input.type.isCreating ? nil : about(input.type)
        var words: [String] = []
        var unit: String?
        for question in input.questions {
            let (answered, value) = try answer(question, of: input, unit: unit)
            words += answered
            if question.field.form == .reference(kind: "indicator"), let value { unit = try self.unit(of: value) }
        }
        return TypedEvent(type: input.type.name, subject: subject, data: try input.data(words))
    }

    private func type() throws -> EventInput {
        for (index, name) in Self.usual.enumerated() {
            let kind = String(name.prefix { $0 != "." })
            let words = "\(Vocabulary.kind(kind, localizer.language)) \(Vocabulary.type(name, localizer.language))"
            Output.aside("  \(index + 1)  \(words)\n")
        }
        return try again(localizer.message(.askType)) { text in
            let name = Int(text).flatMap { Self.usual.indices.contains($0 - 1) ? Self.usual[$0 - 1] : nil }
            return try EventInput(typeNamed: name ?? text, by: typist) { try replica.subject(meaning: $0, of: $1) }
        }
    }

    private func about(_ type: Catalogue.EventType) throws -> String {
        try again(Vocabulary.kind(type.kind, localizer.language)) { try replica.subject(meaning: $0, of: type.kind) }
    }

    /// The answer as `key=value`, none for a field that stays away; and its value.
    private func answer(
        _ question: Question,
        of input: EventInput,
        unit: String?
    ) throws -> (words: [String], value: JSONValue?) {
        guard let key = question.key else { return (try entry(question.field, of: input), nil) }
        let usual = input.usual(question)
        let shown = usual.map { " [\(localizer.date($0))]" } ?? ""
        return try again(input.prompt(question, unit: unit, localizer.language) + shown) { text in
            let text = text.isEmpty ? usual ?? "" : text
            guard !text.isEmpty else {
                if question.isRequired { throw InputError(.invalidData, .neededHere) }
                return ([], nil)
            }
            let word = "\(key)=\(text)"
            return ([word], try input.data([word])[key])
        }
    }

    /// One entry of a map, by the subject that it is about.
    private func entry(_ field: Catalogue.Field, of input: EventInput) throws -> [String] {
        guard case .map(let kind, let value) = field.form else { return [] }
        let subject = try again(Vocabulary.kind(kind, localizer.language)) {
            try replica.subject(meaning: $0, of: kind)
        }
        let key = "\(field.name).\(subject)"
        if case .object(let parts) = value { return try self.parts(parts, of: key, in: input) }
        if input.type.narrowings[field.name]?.removal == .only { return ["\(key)="] }
        if value == .present { return ["\(key)=true"] }
        return ["\(key)=" + (try Terminal.ask(Vocabulary.field(field.name, of: input.type.kind, localizer.language)))]
    }

    /// `key=value` for each part of a value that is there.
    private func parts(_ parts: [Catalogue.Field], of key: String, in input: EventInput) throws -> [String] {
        try parts.compactMap { part in
            let name = Vocabulary.field(part.name, of: input.type.kind, localizer.language)
            let word: String? = try again("\(name) (\(part.form.words(of: part.name, localizer.language)))") { text in
                guard !text.isEmpty else { return nil }
                let word = "\(key).\(part.name)=\(text)"
                _ = try input.data([word])
                return word
            }
            return word
        }
    }

    /// In which unit an indicator is measured.
    private func unit(of indicator: JSONValue) throws -> String? {
        guard let subject = indicator.text, let document = try replica.document(of: subject)?.document else {
            return nil
        }
        return try JSONValue(parsing: document)["unit"]?.text
    }

    /// Asks until the answer is one, and says what is wrong with those that are not.
    private func again<Value>(_ question: String, _ read: (String) throws -> Value) throws -> Value {
        while true {
            let text = try Terminal.ask(question)
            do {
                return try read(text)
            } catch let error as InputError {
                Output.note("  \(error.message[localizer.language])")
            } catch let error as ReplicaError
                where [.unknownSubject, .ambiguousSubject, .wrongKind].contains(error.code)
            {
                Output.note("  \(error.description)")
            }
        }
    }
}
