internal import AgendaModel

/// What stands in one cell of a table.
package enum Cell: Hashable, Sendable {
    case absent
    /// Text, a day, or a moment.
    case text(String)
    /// A number, in JSON's grammar.
    case number(String)
    case boolean(Bool)

    /// nil stands for absent.
    init(_ text: String?) { self = text.map { .text($0) } ?? .absent }

    init(_ number: Int) { self = .number(String(number)) }

    /// A leaf of a document; objects and arrays have no cell.
    init(_ value: JSONValue?) {
        switch value {
        case .string(let text): self = .text(text)
        case .number(let digits): self = .number(digits)
        case .bool(let value): self = .boolean(value)
        case .null, .array, .object, nil: self = .absent
        }
    }
}
