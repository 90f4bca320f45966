package import AgendaModel

/// What may not be shown to everybody.
///
/// That is who the members are, which devices they use, fields that the catalogue marks as personal, and fields that it
/// does not know.
package enum PersonalFields {
    /// Whether readers get what is personal.
    package enum Treatment: Sendable {
        case included
        /// For agendas that anybody may read.
        ///
        /// Subjects that are about people are left out. Of the others there are only fields that the catalogue has and
        /// does not mark as personal, and no reference to such a subject.
        case leftOut

        /// Whether the subject may be seen.
        package func shows(_ subject: String) -> Bool { self == .included || !PersonalFields.isHidden(subject) }

        /// The document, or what remains of it.
        ///
        /// - Throws: `ProjectionError` for a document that cannot be read.
        package func apply(to document: [UInt8], of subject: String) throws -> [UInt8] {
            try self == .included ? document : PersonalFields.remove(from: document, of: subject)
        }

        /// Whether a register of the subject may be seen.
        ///
        /// - Throws: `ProjectionError` for a value that cannot be read.
        package func shows(_ register: Register, of subject: String) throws -> Bool {
            guard self == .leftOut else { return true }
            let field = register.path.split(separator: "/", maxSplits: 1).first ?? ""
            guard shows(subject), let form = publicFields(of: subject)[String(field)] else { return false }
            guard case .reference = form else { return true }
            return try register.heads.compactMap(\.value).allSatisfy { try !isHidden(JSONValue(folded: $0), form) }
        }
    }

    /// The document without what is personal or unknown to this software, in JCS form.
    ///
    /// - Throws: `ProjectionError` for a document that cannot be read.
    package static func remove(from document: [UInt8], of subject: String) throws -> [UInt8] {
        let shown = publicFields(of: subject)
        let members = try JSONValue(folded: document).members ?? []
        return JSONValue.object(
            members.filter { member in
                shown[member.name].map { !isHidden(member.value, $0) } ?? false
            }
        ).bytes
    }

    /// Whether an entry may be given to anybody as it stands.
    ///
    /// Its type can hold nothing personal, and its data has nothing that is hidden or unknown to this software.
    ///
    /// - Throws: `ProjectionError` for data that cannot be read.
    package static func allow(_ entry: [UInt8]) throws -> Bool {
        guard let event = EventLine(String(decoding: entry, as: UTF8.self)),
            let type = Catalogue.current.type(named: event.type), !type.hasPersonalFields, !isHidden(event.subject)
        else { return false }
        let data = event.data.bytes
        return try remove(from: data, of: event.subject) == data
    }

    private static let hiddenKinds = ["member", "device"]

    private static func isHidden(_ subject: String) -> Bool {
        hiddenKinds.contains { subject.hasPrefix("\($0)/") }
    }

    /// Whether a field's value refers to a subject that is not shown.
    ///
    /// Of the catalogue's forms only references can: its objects and maps hold none to members or devices, which a test
    /// makes sure of.
    private static func isHidden(_ value: JSONValue, _ form: Catalogue.Form) -> Bool {
        guard case .reference = form else { return false }
        return value.text.map(isHidden) ?? false
    }

    private static let publicFieldsByKind: [String: [String: Catalogue.Form]] = Dictionary(
        uniqueKeysWithValues: Catalogue.current.kinds.map { kind in
            let shown = kind.fields.filter { !$0.isPersonal }
            return (kind.name, Dictionary(uniqueKeysWithValues: shown.map { ($0.name, $0.form) }))
        }
    )

    private static func publicFields(of subject: String) -> [String: Catalogue.Form] {
        publicFieldsByKind[String(subject.prefix { $0 != "/" })] ?? [:]
    }
}
