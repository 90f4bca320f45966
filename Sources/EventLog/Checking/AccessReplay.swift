internal import AgendaModel

/// Who may use an agenda as its entries say: what the store's access must be equal to.
package struct AccessReplay {
    private var access = Access()

    package init() {}

    package var members: [String: Access.Member] { access.members }
    package var devices: [String: Access.Device] { access.devices }

    /// Takes the next entry.
    package mutating func take(_ entry: CheckedEntry) {
        let kind = entry.bytes[entry.attributes.type].prefix(Self.prefixLength)
        guard kind.elementsEqual("member.".utf8) || kind.elementsEqual("device.".utf8),
            let fact = AccessFact(
                type: entry.text(entry.attributes.type),
                data: UnsafeBufferPointer(rebasing: entry.bytes[entry.attributes.data])
            ),
            let change = fact.change(of: entry.text(entry.attributes.subject), in: access)
        else { return }
        access.apply(change)
    }

    private static let prefixLength = 7
}
