extension Catalogue {
    static let allKinds = agendaKinds + ambitionKinds + projectKinds + accessKinds

    static let recorder = Writers(role: .recorder)
    static let editor = Writers(role: .editor)
    static let admin = Writers(role: .admin)
    static let adminOrServer = Writers(role: .admin, server: true)
}
