package import AgendaModel

/// What a field has, or had, as far as that is still known.
package enum FieldValue: Hashable, Sendable {
    case absent
    /// The entry that wrote it was erased.
    case erased
    /// In its JCS form.
    case json([UInt8])

    /// nil stands for absent.
    package init(_ json: [UInt8]?) { self = json.map { .json($0) } ?? .absent }

    /// What a head has; absent for none.
    package init(_ head: AgendaModel.Head?) {
        self = head?.isErased == true ? .erased : FieldValue(head?.value)
    }

    /// nil for what is absent or erased.
    package var json: [UInt8]? { if case .json(let json) = self { json } else { nil } }
}
