/// Who sends a request: what it says of that, and what was found of it when it came.
struct RequestSender: Sendable {
    let credentials: Credentials
    /// By what name the requests of the sender are counted together, if it comes without a good token.
    let address: String
    /// nil where no open agenda could be asked; of a request about the whole server, also where none knows a device.
    var known: KnownSender?
}
