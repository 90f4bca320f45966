internal import AgendaModel
public import LogClient
internal import Projections

extension Replica {
    /// What an admin's laptop can say to the server.
    ///
    /// - Parameter transport: what carries requests; nil = HTTP.
    /// - Returns: the calls, each a request of its own.
    public func administration(over transport: (any Transport)? = nil) -> ReplicaAdministration {
        ReplicaAdministration(replica: self, transport: transport)
    }

    /// The members, sorted by subject, those who have left included.
    ///
    /// - Throws: `ReplicaError`.
    public func members() throws(ReplicaError) -> [AgendaMember] {
        try read(kind: "member") { AgendaMember($0, $1) }
    }

    /// The devices, sorted by subject, those that are revoked included.
    ///
    /// - Throws: `ReplicaError`.
    public func devices() throws(ReplicaError) -> [AgendaDevice] {
        try read(kind: "device") { AgendaDevice($0, $1) }
    }

    /// Of the log alone: what has not been sent yet gives and takes no access.
    private func read<Item>(kind: String, _ make: (String, JSONValue) -> Item) throws(ReplicaError) -> [Item] {
        let state = try state()
        return try performing("reading the state") {
            try state.documents(kind: kind, after: nil, limit: .max).map { subject, document in
                make(subject, try JSONValue.reading(document))
            }
        }
    }
}
