internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Projections

/// Finds out whether there is a subject, without reading it or the whole outbox, which months offline may fill.
struct SubjectLookup {
    let store: SQLiteLogStore
    let state: StateFile
    /// The replica's device.
    let device: DeviceID

    /// Whether the subject is in the confirmed state, or created by an event that waits to be sent.
    func exists(_ subject: String) throws -> Bool {
        if try state.exists(subject) { return true }
        guard let slash = subject.firstIndex(of: "/") else { return false }
        if Catalogue.current.kind(named: String(subject[..<slash]))?.hasGivenNames ?? true {
            return try !pending(about: subject).isEmpty
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

    /// The events about a subject that wait to be sent, in the order of their counters.
    func pending(about subject: String) throws -> [[UInt8]] {
        let mention = #""subject":"\#(subject)""#
        return try store.outbox.pending(holding: Array(mention.utf8)).filter { isAbout(subject, $0) }.map(\.event)
    }

    /// Calls the body with each event that waits to be sent, in the order of their counters.
    func forEachPending(_ body: ([UInt8]) -> Void) throws { try store.outbox.forEachPending { body($0.event) } }

    /// What the confirmed state has of a subject.
    func registers(of subject: String) throws -> [Register] { try state.registers(of: subject) }

    /// What the confirmed state has of a subject holds at most, in bytes; see `SubjectWeight`.
    func confirmedWeight(of subject: String) throws -> Int { try state.weightAtMost(of: subject) }

    /// Whether this replica's member created a subject; nil where that is not known here.
    func isOwn(_ subject: String) throws -> Bool? {
        guard let creator = DeviceID(creatorOf: subject) else { return nil }
        if creator == device { return true }
        guard let other = try member(of: creator), let own = try member(of: device) else { return nil }
        return other == own
    }

    private func member(of device: DeviceID) throws -> String? {
        try state.document(of: device.rawValue).flatMap { try JSONValue(folded: $0)["member"]?.text }
    }

    private func isAbout(_ subject: String, _ item: Outbox.Item) -> Bool {
        var reader = EventReader()
        return item.event.withUnsafeBufferPointer { bytes in
            guard let attributes = try? reader.read(bytes, as: .event) else { return false }
            return bytes[attributes.subject].elementsEqual(subject.utf8)
        }
    }
}
