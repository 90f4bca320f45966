import ArgumentParser
import Foundation

/// Where a server's logs are if not in its data folder.
struct StoreOptions: ParsableArguments {
    @Option(
        help: .told(
            "The database that holds the logs, beside the data folder with keys and notes; AMBIT_STORE names it too.",
            valueName: "postgresql://…"
        )
    )
    var store: StoreAddress?

    /// The database; nil for the data folder.
    ///
    /// A variable keeps a password out of the list of processes.
    ///
    /// - Throws: `Failure` for a variable that is no address.
    func address() throws -> StoreAddress? {
        if let store { return store }
        guard let text = ProcessInfo.processInfo.environment["AMBIT_STORE"], !text.isEmpty else { return nil }
        guard let address = StoreAddress(argument: text) else {
            throw Failure.usage("AMBIT_STORE takes \(StoreAddress.form).")
        }
        return address
    }
}
