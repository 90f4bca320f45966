/// The kinds of subjects that an agenda has, and the types of events that may happen to them.
///
/// The catalogue is data. The JSON Schemas in `Protocol/Schemas/` are written from it.
public struct Catalogue: Sendable {
    /// The catalogue of this version of the software.
    public static let current = Catalogue(kinds: allKinds)

    /// All kinds, in the order of `Protocol/Events.md`.
    public let kinds: [Kind]
    let index: CatalogueIndex

    init(kinds: [Kind]) {
        self.kinds = kinds
        index = CatalogueIndex(kinds)
    }

    /// The kind with this name, for example `project`.
    public func kind(named name: String) -> Kind? { kinds.first { $0.name == name } }

    /// The type with this whole name, for example `project.advanced`.
    public func type(named name: String) -> EventType? {
        var name = name
        return name.withUTF8 { index.entry(named: $0)?.type }
    }

    /// All types, in the order of their kinds.
    public var types: [EventType] { kinds.flatMap(\.types) }

    /// A kind of subject: what its documents hold and what may happen to it.
    public struct Kind: Sendable {
        /// As it is written in events.
        public let name: String
        /// What the documents of its subjects hold.
        public let fields: [Field]
        /// What may happen to its subjects; one type creates them.
        public let types: [EventType]
        /// Whether subjects of this kind have given names instead of `<device id>-<counter>`.
        public let hasGivenNames: Bool

        /// The top-level field with this name.
        public func field(named name: String) -> Field? { fields.first { $0.name == name } }
    }

    /// A member of a subject's document.
    public struct Field: Sendable {
        /// As it is written in events.
        public let name: String
        /// What it holds.
        public let form: Form
        /// Whether the creating event must have it.
        ///
        /// A later event may replace such a field but not remove it.
        public let isRequired: Bool
        /// Whether it holds personal data, which may have to be erased some day.
        public let isPersonal: Bool
        /// One sentence in English for `ambit types` and the schemas.
        public let meaning: String
    }

    /// What a field holds.
    ///
    /// Corresponds to the letters of the catalogue in `Protocol/Events.md`.
    public indirect enum Form: Hashable, Sendable {
        case string
        case number
        case integer
        case boolean
        /// `YYYY-MM-DD`, a day that exists.
        case date
        /// A reference to a subject of this kind; nil = any kind.
        case reference(kind: String?)
        case oneOf([String])
        /// Only the value `true`: a member of a set.
        case present
        case object([Field])
        /// A map whose keys are references to subjects of this kind, merged per key.
        case map(key: String, value: Form)
    }

    /// What may happen to subjects of a kind.
    ///
    /// A class, so that giving one to a caller costs one reference.
    public final class EventType: Sendable {
        /// `<kind>.<verb>`.
        public let name: String
        /// The kind of its subjects.
        public let kind: String
        /// Whether it makes a new subject, which takes its identity from the event.
        public let isCreating: Bool
        /// The names of the top-level fields that its data may have.
        public let fields: [String]
        /// Of these, the ones that its data must have.
        public let required: [String]
        /// What this type says about a field beyond what its kind says, by name.
        public let narrowings: [String: Narrowing]
        /// Who may record it.
        public let writers: Writers
        /// Whether its data may have a personal field: then the event must carry a salt, otherwise it must not.
        public let hasPersonalFields: Bool
        /// One sentence in English for `ambit types` and the schemas.
        public let meaning: String

        init(
            name: String,
            kind: String,
            isCreating: Bool,
            fields: [String],
            required: [String],
            narrowings: [String: Narrowing],
            writers: Writers,
            hasPersonalFields: Bool,
            meaning: String
        ) {
            self.name = name
            self.kind = kind
            self.isCreating = isCreating
            self.fields = fields
            self.required = required
            self.narrowings = narrowings
            self.writers = writers
            self.hasPersonalFields = hasPersonalFields
            self.meaning = meaning
        }
    }

    /// What a type says about a field beyond what its kind says.
    public struct Narrowing: Hashable, Sendable {
        /// The only values allowed, as JSON; empty = any of the field's form.
        public var values: [String]
        /// Whether null may be written.
        public var removal: Removal
        /// Whether it is a name by which others know somebody.
        public var isDisplayName: Bool

        /// Says nothing beyond the kind, unless told.
        public init(values: [String] = [], removal: Removal = .allowed, isDisplayName: Bool = false) {
            self.values = values
            self.removal = removal
            self.isDisplayName = isDisplayName
        }
    }

    /// Whether an event may write null, which removes a value.
    public enum Removal: Hashable, Sendable {
        case allowed
        case refused
        /// The event does nothing else.
        case only
    }
}

extension Catalogue.Form: CustomStringConvertible {
    /// In words, for problems and `ambit types`.
    public var description: String {
        switch self {
        case .string: "a string"
        case .number: "a number"
        case .integer: "a whole number"
        case .boolean: "true or false"
        case .date: "a date (YYYY-MM-DD)"
        case .reference(let kind?): "a reference (\(kind)/…)"
        case .reference(nil): "a reference (<kind>/…)"
        case .oneOf(let values): "one of " + values.joined(separator: ", ")
        case .present: "true"
        case .object(let fields): "an object of " + fields.map(\.name).joined(separator: ", ")
        case .map(let key, let value): "an object from references (\(key)/…) to \(value)"
        }
    }
}

extension Catalogue.Field: Hashable {}
