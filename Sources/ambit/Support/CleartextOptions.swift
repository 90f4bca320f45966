import ArgumentParser
import SyncClient

/// Whether secrets may go over http.
struct CleartextOptions: ParsableArguments {
    @Flag(help: .told("Send this laptop's token or invite over http, where anybody in between can read it."))
    var insecure = false
}

extension CleartextOptions {
    /// The usual options of a sync, with this leave.
    var syncOptions: SyncOptions {
        var options = SyncOptions()
        options.allowsCleartext = insecure
        return options
    }
}
