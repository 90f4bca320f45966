// The words in which the catalogue is written down in `Catalogue+Agenda.swift` and the files beside it.

extension Catalogue.Field {
    static func field(_ name: String, _ form: Catalogue.Form, _ meaning: String) -> Self {
        Self(name: name, form: form, isRequired: false, isPersonal: false, meaning: meaning)
    }

    static func required(_ name: String, _ form: Catalogue.Form, _ meaning: String) -> Self {
        Self(name: name, form: form, isRequired: true, isPersonal: false, meaning: meaning)
    }

    /// A required field that holds personal data.
    static func personal(_ name: String, _ form: Catalogue.Form, _ meaning: String) -> Self {
        Self(name: name, form: form, isRequired: true, isPersonal: true, meaning: meaning)
    }

    static let reason = field("reason", .string, "Why, in a sentence.")
}

extension Catalogue {
    /// A type before its kind is known.
    struct Verb {
        var name: String
        var isCreating: Bool
        /// Fields that the data must have.
        var must: [String]
        /// Fields that the data may have.
        var may: [String]
        var narrowings: [String: Narrowing]
        var writers: Writers?
        var meaning: String

        static func creating(
            _ name: String,
            _ meaning: String,
            may: [String],
            narrowings: [String: Narrowing] = [:],
            writers: Writers? = nil
        ) -> Self {
            Self(
                name: name,
                isCreating: true,
                must: [],
                may: may,
                narrowings: narrowings,
                writers: writers,
                meaning: meaning
            )
        }

        static func verb(
            _ name: String,
            _ meaning: String,
            must: [String] = [],
            may: [String] = [],
            narrowings: [String: Narrowing] = [:],
            writers: Writers? = nil
        ) -> Self {
            Self(
                name: name,
                isCreating: false,
                must: must,
                may: may,
                narrowings: narrowings,
                writers: writers,
                meaning: meaning
            )
        }
    }

    static func kind(
        _ name: String,
        _ writers: Writers,
        hasGivenNames: Bool = false,
        fields: [Field],
        verbs: [Verb]
    ) -> Kind {
        let types = verbs.map { verb in
            let required = (verb.isCreating ? fields.filter(\.isRequired).map(\.name) : []) + verb.must
            let names = Set(required + verb.may)
            precondition(names.isSubset(of: fields.map(\.name)), "\(name).\(verb.name) names an unknown field")
            // The order of the kind, so that lists of fields read alike everywhere.
            let ordered = fields.filter { names.contains($0.name) }
            return EventType(
                name: "\(name).\(verb.name)",
                kind: name,
                isCreating: verb.isCreating,
                fields: ordered.map(\.name),
                required: ordered.map(\.name).filter(Set(required).contains),
                narrowings: verb.narrowings,
                writers: verb.writers ?? writers,
                hasPersonalFields: ordered.contains(where: \.isPersonal),
                meaning: verb.meaning
            )
        }
        return Kind(name: name, fields: fields, types: types, hasGivenNames: hasGivenNames)
    }
}

extension Catalogue.Narrowing {
    /// Only these words.
    static func only(_ words: String...) -> Self { Self(values: words.map { "\"\($0)\"" }) }
    /// Only `true`, and no `null` either.
    static let onlyTrue = Self(values: ["true"], removal: .refused)
    /// Only `false`.
    static let onlyFalse = Self(values: ["false"])
    /// A name by which others know somebody.
    static let displayName = Self(isDisplayName: true)
    /// Adds members to a map.
    static let adding = Self(removal: .refused)
    /// Takes members from a map.
    static let removing = Self(removal: .only)
}
