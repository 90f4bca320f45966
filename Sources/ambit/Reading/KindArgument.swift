import AgendaModel
import TypedInput

/// A kind that somebody names.
enum KindArgument {
    /// The catalogue's name for it; nil for none.
    ///
    /// - Throws: `InputError` for a kind that the catalogue does not have.
    static func name(_ kind: String?) throws -> String? { try kind.map { try NameText.kind($0).name } }
}
