internal import AgendaModel
internal import Wording

extension EventInput {
    /// Gives words without a key the key of the field that they fit: `noord won 25` is a project, an indicator and a value.
    ///
    /// A number goes before a day, a day before a title, and the text that a type needs comes last; required fields come
    /// before others. A whole name, such as `project/k3j9x2-4`, goes to a field that takes its kind, and to no text. Where words stand without a key, a day that is required and missing is today.
    ///
    /// - Parameter words: `key=value`, or a value alone.
    /// - Returns: `key=value` for all of them.
    /// - Throws: `InputError` for a word that fits nothing, and what `resolve` throws of it.
    package func keyed(_ words: [String]) throws -> [String] {
        let bare = words.filter { !$0.contains("=") }
        guard !bare.isEmpty else { return words }
        var result = words.filter { $0.contains("=") }
        var open = questions.filter { question in
            !result.contains { word in
                let key = String(word.prefix { $0 != "=" && $0 != "." })
                return NameText.field(key, among: [question.field], of: kind.name) != nil
            }
        }
        for word in bare {
            // Somebody forgot what belongs behind it.
            guard NameText.field(word, among: kind.fields, of: kind.name) == nil else {
                throw InputError(.invalidData, .noPair, with: ["text": word])
            }
            let place = try place(for: word, among: open)
            result.append("\(open[place].field.name)=\(word)")
            open.remove(at: place)
        }
        return result + open.compactMap { question in usual(question).map { "\(question.field.name)=\($0)" } }
    }

    private func place(for word: String, among open: [Question]) throws -> Int {
        let isName = NameText.isSubject(word) && !word.contains(where: \.isWhitespace)
        var failure: (any Error)?
        for isRight in Self.order {
            for isRequired in [true, false] {
                for (index, question) in open.enumerated() {
                    guard question.isRequired == isRequired, isRight(question.field.form) else { continue }
                    // Any text would do: a title that nothing has, or several, would become a remark.
                    if question.field.form == .string, isName || !isRequired { continue }
                    do {
                        let name = question.field.name
                        if try FieldText.value(word, question.field.form, of: name, by: typist, resolve: resolve) != nil
                        {
                            return index
                        }
                    } catch {
                        // A title that several have says more than that this is no title of another kind.
                        failure = failure ?? error
                    }
                }
            }
        }
        throw failure ?? InputError(.invalidData, .noPair, with: ["text": word])
    }

    private static let order: [@Sendable (Catalogue.Form) -> Bool] = [
        { $0 == .number || $0 == .integer },
        { $0 == .date },
        { if case .oneOf = $0 { true } else { $0 == .boolean } },
        { if case .reference = $0 { true } else { false } },
        { $0 == .string },
    ]
}
