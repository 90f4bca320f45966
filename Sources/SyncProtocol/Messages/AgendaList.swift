/// The answer to `GET /v1/agendas`: the agendas that the caller may see, sorted by name.
public struct AgendaList: Codable, Hashable, Sendable {
    /// The agendas, sorted by name.
    public var agendas: [Item]

    /// One agenda of the list.
    public struct Item: Codable, Hashable, Sendable {
        /// The name in the agenda's path, `/v1/agendas/<name>`.
        public var name: String
        /// What people call it; the name when it has not been founded yet.
        public var title: String
        /// How many entries its log has.
        public var size: Int

        /// One agenda, as the server has it.
        public init(name: String, title: String, size: Int) {
            self.name = name
            self.title = title
            self.size = size
        }
    }

    /// The answer with these agendas, which the caller has sorted by name.
    public init(agendas: [Item]) { self.agendas = agendas }
}
