package import AgendaModel
internal import EventLogSQLite

extension Replica {
    /// The devices whose events are this replica's own.
    ///
    /// - Throws: `ReplicaError`.
    package func ownDevices() throws(ReplicaError) -> OwnDevices {
        try performing("reading the replica's status") { OwnDevices(try store.replicaFacts()) }
    }
}

extension OwnDevices {
    /// - Parameter facts: a replica's.
    init(_ facts: [String: String]) {
        self.init(
            present: DeviceID(unchecked: facts[ReplicaFact.device] ?? ""),
            former: facts.compactMap { name, value -> Former? in
                guard name.hasPrefix(ReplicaFact.formerDevice), let size = Int(value) else { return nil }
                let device = DeviceID(unchecked: String(name.dropFirst(ReplicaFact.formerDevice.count)))
                return Former(device, until: LogSize(size))
            }
        )
    }
}
