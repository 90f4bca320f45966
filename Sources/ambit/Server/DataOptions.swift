import ArgumentParser
import EventLogSQLite

/// A server's data folder, and where its logs are if not in there.
struct DataOptions: ParsableArguments {
    @Option(help: .told("The server's data folder.", valueName: "dir"))
    var data: String

    @OptionGroup var store: StoreOptions

    /// What stands there.
    func open() throws -> ServerData { try ServerData(folder: data, store: store.address()) }

    /// The data folder of an agenda whose log is in it.
    ///
    /// - Throws: `Failure` when a store was named.
    func folderAlone(_ command: String) throws -> DataFolder {
        guard try store.address() == nil else {
            throw Failure.usage(
                "\(command) works in a data folder alone; ambit agenda move takes the log into a database then."
            )
        }
        return DataFolder(at: data)
    }
}
