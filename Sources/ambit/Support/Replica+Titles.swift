import AgendaModel
import Projections
import SyncClient
import TypedInput
import Wording

extension Replica {
    /// The subject that a file means: by its name, short or full, or by its whole title.
    ///
    /// A part of a title will do for somebody who sees at once what was taken. In a file nobody sees it.
    ///
    /// - Parameters:
    ///   - text: as the file has it.
    ///   - kind: the kind that it has to have; nil = any.
    /// - Returns: `<kind>/<id>`.
    /// - Throws: as `subject(meaning:of:)`; `InputError` with `invalidData` for a part of a title.
    func subject(called text: String, of kind: String?) throws -> String {
        let subject = try subject(meaning: text, of: kind)
        guard subject != text, !subject.hasSuffix("/\(text)") else { return subject }
        let document = try reading { view, _ in
            try view.document(of: subject).map { try JSONValue(parsing: $0) }
        }
        guard let document, let title = Naming.wholeTitle(in: document),
            TextSearch.folded(title) != TextSearch.folded(text)
        else { return subject }
        throw InputError(
            .invalidData,
            .partOfTitle,
            with: ["text": text, "title": Naming.title(in: document) ?? title, "subject": subject]
        )
    }
}
