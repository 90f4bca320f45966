import ArgumentParser
import SyncClient

/// Which replica to work in.
struct ReplicaOptions: ParsableArguments {
    @Option(name: .customShort("C"), help: ArgumentHelp("Work in this replica folder.", valueName: "dir"))
    var folder: String = "."
}

extension ReplicaOptions {
    /// Opens the replica that the command works in.
    func open() throws -> Replica {
        try Replica(opening: folder)
    }
}
