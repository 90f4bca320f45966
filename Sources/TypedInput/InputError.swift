package import AgendaModel
package import Wording

/// Why something that a person typed is no event, or no value.
package struct InputError: Error, Equatable {
    /// What is wrong, as programs know it.
    package enum Code: String, Sendable {
        case unknownType = "unknown-type"
        case invalidData = "invalid-data"
        case notUTF8 = "not-utf-8"
    }

    package let code: Code
    /// What is wrong and where, for the person who typed it; repeats what they typed.
    package let message: LocalizedText

    /// - Parameters:
    ///   - code: what is wrong.
    ///   - message: says so.
    ///   - values: for the names in it, the same in each language.
    ///   - words: for the names in it that each language has words for.
    package init(
        _ code: Code,
        _ message: Message,
        with values: [String: String] = [:],
        words: [String: LocalizedText] = [:]
    ) {
        self.code = code
        self.message = LocalizedText { language in
            message.text(language, values.merging(words.mapValues { $0[language] }) { first, _ in first })
        }
    }
}

extension InputError {
    /// That a text is no value of a form.
    ///
    /// - Parameters:
    ///   - text: as typed.
    ///   - form: what the field holds.
    ///   - name: of the field, which may have its own words for values.
    ///   - field: as it was typed.
    ///   - typist: who typed it.
    /// - Returns: an error with `invalidData`.
    package static func wrongForm(
        _ text: String,
        _ form: Catalogue.Form,
        of name: String,
        called field: String,
        by typist: Typist
    ) -> InputError {
        let words = LocalizedText { form.words(of: name, typist.language == nil ? nil : $0) }
        return InputError(.invalidData, .wrongForm, with: ["field": field, "text": text], words: ["form": words])
    }
}
