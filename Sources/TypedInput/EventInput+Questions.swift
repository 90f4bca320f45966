package import AgendaModel
package import Wording

extension EventInput {
    /// What to ask somebody for, one field after the other, in the order of the kind.
    ///
    /// Not among them is what can have one value only, which fills itself in, and what has parts but is not required.
    package var questions: [Question] {
        fields.compactMap { field in
            switch field.form {
            case .object: return nil
            case .map:
                return isRequired(field) ? Question(key: nil, field: field, isRequired: true) : nil
            default:
                return Question(key: field.name, field: field, isRequired: isRequired(field))
            }
        }
    }

    /// The fields that somebody may fill in, in the order of the kind.
    ///
    /// Not among them is what can have one value only, which fills itself in.
    package var fields: [Catalogue.Field] {
        kind.fields.filter { type.fields.contains($0.name) && constant($0) == nil }
    }

    /// Whether there is no event without the field.
    package func isRequired(_ field: Catalogue.Field) -> Bool { type.required.contains(field.name) }

    /// What a question says: the field in the typist's language, with the unit or the form of the answer.
    ///
    /// - Parameters:
    ///   - question: one of `questions`.
    ///   - unit: of a number; nil where it has none.
    ///   - language: of whoever is asked.
    /// - Returns: the question, without a mark at its end.
    package func prompt(_ question: Question, unit: String?, _ language: Language) -> String {
        let name = Vocabulary.field(question.field.name, of: kind.name, language)
        let words: String? =
            switch question.field.form {
            case .string: nil
            case .number: unit ?? question.field.form.words(of: question.field.name, language)
            case .reference(let kind): kind.flatMap { $0 == question.field.name ? nil : Vocabulary.kind($0, language) }
            default: question.field.form.words(of: question.field.name, language)
            }
        return name + (words.map { " (\($0))" } ?? "")
    }

    /// The day that an answer of nothing stands for: today, where a day is required.
    package func usual(_ question: Question) -> String? {
        question.field.form == .date && question.isRequired && typist.language != nil ? typist.today : nil
    }

    /// The values that fill themselves in, because no other is allowed.
    var constants: [(field: String, value: JSONValue)] {
        kind.fields.compactMap { field in constant(field).map { (field.name, $0) } }
    }

    private func constant(_ field: Catalogue.Field) -> JSONValue? {
        guard type.required.contains(field.name), let values = type.narrowings[field.name]?.values, values.count == 1
        else { return nil }
        return try? JSONValue(parsing: values[0])
    }
}
