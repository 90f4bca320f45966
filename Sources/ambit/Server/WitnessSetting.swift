import AgendaModel
import ArgumentParser
import EventLog
import LogClient

/// A witness as it is given on the command line.
struct WitnessSetting {
    let key: CosignerKey
    private let address: LogAddress

    /// Reads `<verifier key>=<url>`.
    init(argument: String) throws {
        let given = try KeyAtAddress(argument: argument)
        do {
            key = try CosignerKey(given.key)
        } catch {
            throw ValidationError(error.message)
        }
        do {
            address = try LogAddress(given.url, of: "witness", example: "https://host/path")
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// The way to it, with the certificates and proxies that the environment names.
    func transport() throws -> WitnessTransport {
        try WitnessTransport(to: address, environment: .system)
    }
}
