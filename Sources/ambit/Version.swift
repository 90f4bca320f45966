import AgendaModel

/// What `ambit --version` says.
enum Version {
    static let text = Software.description
}
