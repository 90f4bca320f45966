import ArgumentParser

/// `ambit agenda`: the agendas of a data folder.
struct Agenda: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: .told(
            "Make, import, list, back up, restore, move, open, close or mend the agendas of a data folder."
        ),
        subcommands: [
            Create.self, Import.self, List.self, Backup.self, Restore.self, Move.self, Open.self, AcceptLoss.self,
        ]
    )
}
