/// The catalogue as bytes, for looking things up while reading events.
final class CatalogueIndex: Sendable {
    /// A class, as is `FieldEntry`, so that a look-up copies one reference.
    final class Entry: Sendable {
        let type: Catalogue.EventType
        let kindHasGivenNames: Bool
        /// `<kind>/`.
        let subjectPrefix: [UInt8]
        /// Parallel to `type.fields`; at most 64.
        let fields: [FieldEntry]
        /// Bit i = `fields[i]` must be there.
        let required: UInt64

        init(_ type: Catalogue.EventType, of kind: Catalogue.Kind) {
            self.type = type
            kindHasGivenNames = kind.hasGivenNames
            subjectPrefix = Array("\(kind.name)/".utf8)
            fields = type.fields.compactMap(kind.field(named:)).map {
                FieldEntry($0, type.narrowings[$0.name] ?? Catalogue.Narrowing())
            }
            required = type.required.reduce(0) { $0 | 1 << UInt64(type.fields.firstIndex(of: $1)!) }
        }
    }

    final class FieldEntry: Sendable {
        let name: [UInt8]
        let field: Catalogue.Field
        /// The only values allowed, as JSON.
        let values: [[UInt8]]
        let removal: Catalogue.Removal
        let isDisplayName: Bool

        init(_ field: Catalogue.Field, _ narrowing: Catalogue.Narrowing) {
            name = Array(field.name.utf8)
            self.field = field
            values = narrowing.values.map { Array($0.utf8) }
            removal = narrowing.removal
            isDisplayName = narrowing.isDisplayName
        }
    }

    let entries: [Entry]
    /// Names of all kinds.
    let kinds: [[UInt8]]
    /// The names of `entries`, by their indexes.
    private let names: ByteInterner

    init(_ kinds: [Catalogue.Kind]) {
        entries = kinds.flatMap { kind in kind.types.map { Entry($0, of: kind) } }
        self.kinds = kinds.map { Array($0.name.utf8) }
        var names = ByteInterner(expected: 64)
        for entry in entries { _ = Array(entry.type.name.utf8).withUnsafeBufferPointer { names.number(of: $0) } }
        precondition(names.count == entries.count, "two types have the same name")
        self.names = names
    }

    func entry(named name: UnsafeBufferPointer<UInt8>) -> Entry? {
        guard let base = name.baseAddress else { return nil }
        let hash = ByteHash.hash(base, count: name.count, seed: ByteHash.currentSeed)
        return names.find(base, count: name.count, hash: hash).map { entries[Int($0)] }
    }

    func isKind(_ name: UnsafeBufferPointer<UInt8>) -> Bool { kinds.contains { $0.elementsEqual(name) } }
}
