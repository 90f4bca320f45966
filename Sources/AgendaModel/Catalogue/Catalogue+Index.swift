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

        init(_ field: Catalogue.Field, _ narrowing: Catalogue.Narrowing) {
            name = Array(field.name.utf8)
            self.field = field
            values = narrowing.values.map { Array($0.utf8) }
            removal = narrowing.removal
        }
    }

    let entries: [Entry]
    /// Names of all kinds.
    let kinds: [[UInt8]]
    /// Open addressing over `entries` by name: index + 1, 0 = free.
    private let slots: [UInt8]
    private let names: [[UInt8]]

    init(_ kinds: [Catalogue.Kind]) {
        entries = kinds.flatMap { kind in kind.types.map { Entry($0, of: kind) } }
        self.kinds = kinds.map { Array($0.name.utf8) }
        names = entries.map { Array($0.type.name.utf8) }
        var slots = [UInt8](repeating: 0, count: Self.slotCount)
        precondition(entries.count < Self.slotCount / 2, "more types than the index was made for")
        for (index, name) in names.enumerated() {
            var slot = name.withUnsafeBufferPointer(Self.slot)
            while slots[slot] != 0 { slot = (slot + 1) % Self.slotCount }
            slots[slot] = UInt8(index + 1)
        }
        self.slots = slots
    }

    func entry(named name: UnsafeBufferPointer<UInt8>) -> Entry? {
        var slot = Self.slot(of: name)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if names[index].elementsEqual(name) { return entries[index] }
            slot = (slot + 1) % Self.slotCount
        }
        return nil
    }

    func isKind(_ name: UnsafeBufferPointer<UInt8>) -> Bool { kinds.contains { $0.elementsEqual(name) } }

    private static let slotCount = 256

    private static func slot(of name: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in name { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash >> 24 ^ hash & 0xFF)
    }
}
