internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Projections

/// Finds out whether there is a subject, without reading the whole outbox: months offline may fill it.
struct SubjectLookup {
    let store: SQLiteLogStore
    let state: StateFile
    /// The replica's device.
    let device: DeviceID

    /// Whether the subject is in the confirmed state, or created by an event that waits to be sent.
    func exists(_ subject: String) throws -> Bool {
        if try state.document(of: subject) != nil { return true }
        guard let slash = subject.firstIndex(of: "/") else { return false }
        if Catalogue.current.kind(named: String(subject[..<slash]))?.hasGivenNames ?? true {
            let mention = #""subject":"\#(subject)""#
            return try store.outbox.pending(holding: Array(mention.utf8)).contains { isAbout(subject, $0) }
        }
        // Its name says which event made it.
        let own = "\(device.id)-"
        let id = subject[slash...].dropFirst()
        guard id.hasPrefix(own), let counter = Int(id.dropFirst(own.count)), counter > 0,
            let item = try store.outbox.item(Counter(counter))
        else { return false }
        if case .refused = item.state { return false }
        return isAbout(subject, item)
    }

    private func isAbout(_ subject: String, _ item: Outbox.Item) -> Bool {
        var reader = EventReader()
        return item.event.withUnsafeBufferPointer { bytes in
            guard let attributes = try? reader.read(bytes, as: .event) else { return false }
            return bytes[attributes.subject].elementsEqual(subject.utf8)
        }
    }
}
