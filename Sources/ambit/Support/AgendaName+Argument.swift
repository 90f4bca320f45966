import AgendaModel
import ArgumentParser

extension AgendaName {
    /// Reads what a person wrote.
    ///
    /// - Throws: `ValidationError` for what is no agenda's name.
    init(argument: String) throws {
        guard let name = AgendaName(rawValue: argument) else {
            throw ValidationError(
                "an agenda's name has 1 to 63 characters of a-z, 0-9 and hyphen, and no hyphen at its ends"
            )
        }
        self = name
    }
}
