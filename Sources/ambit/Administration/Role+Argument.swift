import AgendaModel
import ArgumentParser

extension Role {
    /// Reads what a person wrote.
    init(argument: String) throws {
        guard let role = Role(rawValue: argument) else {
            let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no role \(argument); the roles are \(roles)")
        }
        self = role
    }
}
