internal import AgendaModel

extension JSONValue {
    /// An event's data with other subjects in the places where the catalogue has references: as values and as the keys
    /// of maps.
    ///
    /// - Parameters:
    ///   - type: the event's type; data of a type that is not in the catalogue is given back as it is.
    ///   - rename: gives the subject for a reference, and is asked about every string that stands for one.
    /// - Returns: data in the same order.
    /// - Throws: what `rename` throws.
    func mapReferences(
        ofType type: String,
        _ rename: (String) throws(ReplicaError) -> String
    ) throws(ReplicaError) -> JSONValue {
        guard let type = Catalogue.current.type(named: type), let kind = Catalogue.current.kind(named: type.kind),
            case .object(let members) = self
        else { return self }
        return .object(try Self.rename(members, fields: kind.fields, rename))
    }

    private static func rename(
        _ members: [Member],
        fields: [Catalogue.Field],
        _ rename: (String) throws(ReplicaError) -> String
    ) throws(ReplicaError) -> [Member] {
        var result = members
        for index in members.indices {
            guard let field = fields.first(where: { $0.name == members[index].name }) else { continue }
            result[index].value = try Self.rename(members[index].value, form: field.form, rename)
        }
        return result
    }

    private static func rename(
        _ value: JSONValue,
        form: Catalogue.Form,
        _ rename: (String) throws(ReplicaError) -> String
    ) throws(ReplicaError) -> JSONValue {
        switch (form, value) {
        case (.reference, .string(let text)): return .string(try rename(text))
        case (.object(let fields), .object(let members)):
            return .object(try Self.rename(members, fields: fields, rename))
        case (.map(_, let form), .object(let members)):
            var result: [Member] = []
            for member in members {
                result.append(Member(try rename(member.name), try Self.rename(member.value, form: form, rename)))
            }
            return .object(result)
        default: return value
        }
    }
}
