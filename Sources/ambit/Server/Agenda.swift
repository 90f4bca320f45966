import ArgumentParser

/// `ambit agenda`: the agendas of a data folder.
struct Agenda: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list, back up, open, close or mend the agendas of a data folder.",
        subcommands: [Create.self, List.self, Backup.self, Open.self, AcceptLoss.self]
    )
}
