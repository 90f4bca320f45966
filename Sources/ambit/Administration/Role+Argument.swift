import AgendaModel
import ArgumentParser
import Wording

extension Role {
    /// Reads what a person wrote, in the catalogue's words or in those of a language.
    init(argument: String) throws {
        let called = Role.allCases.first { role in Language.allCases.contains { role.words($0) == argument } }
        guard let role = Role(rawValue: argument) ?? called else {
            let roles = Role.allCases.map { $0.words(.spoken) }.joined(separator: ", ")
            throw ValidationError("there is no role \(argument); the roles are \(roles)")
        }
        self = role
    }

    /// What a role is called.
    func words(_ language: Language) -> String { Vocabulary.value(rawValue, of: "role", language) }
}
