/// The kinds of subjects that an agenda has, and the types of events that may happen to them.
/// The source of the JSON Schemas in `Protocol/Schemas/`.
public struct Catalogue: Sendable {
    public static let current = Catalogue()

    public let kinds: [Kind]

    init() { fatalError("skeleton") }

    public func kind(named name: String) -> Kind? { fatalError("skeleton") }
    public func type(named name: String) -> EventType? { fatalError("skeleton") }

    public struct Kind: Sendable {
        public let name: String
        public let fields: [Field]
        public let types: [EventType]
        /// Whether subjects of this kind have given names instead of `<device id>-<counter>`.
        public let hasGivenNames: Bool
    }

    public struct Field: Sendable {
        public let name: String
        public let form: Form
        /// Whether the creating event must have it.
        public let isRequired: Bool
        public let isPersonal: Bool
        /// One sentence in English for `ambit types` and the schemas.
        public let meaning: String
    }

    /// What a field holds. Corresponds to the letters of the catalogue in `Protocol/Events.md`.
    public indirect enum Form: Sendable {
        case string
        case number
        case integer
        case boolean
        case date
        /// A reference to a subject of this kind; nil = any kind.
        case reference(kind: String?)
        case oneOf([String])
        case object([Field])
        /// A map whose keys are references, merged per key.
        case map(key: String, value: Form)
    }

    public struct EventType: Sendable {
        /// `<kind>.<verb>`
        public let name: String
        public let kind: String
        public let isCreating: Bool
        /// The names of the top-level fields that its data may have.
        public let fields: [String]
        /// Of these, the ones that its data must have.
        public let required: [String]
        public let writers: Writers
        /// Whether its data may have a personal field: then the event must carry a salt, otherwise it must not.
        public let hasPersonalFields: Bool
        public let meaning: String
    }
}
