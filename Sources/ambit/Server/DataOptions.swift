import ArgumentParser

/// A server's data folder.
struct DataOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The server's data folder.", valueName: "dir"))
    var data: String
}
