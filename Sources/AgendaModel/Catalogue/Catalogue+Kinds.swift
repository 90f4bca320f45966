extension Catalogue {
    static let allKinds = agendaKinds + ambitionKinds + projectKinds + accessKinds

    static let recorder = Writers(role: .recorder)
    /// A recorder about what the same member created, an editor about anything.
    static let author = Writers(role: .recorder, roleForOthers: .editor)
    static let editor = Writers(role: .editor)
    static let admin = Writers(role: .admin)
    static let adminOrServer = Writers(role: .admin, server: true)
}
