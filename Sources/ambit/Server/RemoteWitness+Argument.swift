import ArgumentParser
import EventLog
import LogClient
import SyncServer

extension RemoteWitness {
    /// Reads `<verifier key>=<url>`.
    init(argument: String) throws {
        let given = try KeyAtAddress(argument: argument)
        do {
            self.init(key: try CosignerKey(given.key)) { body in
                try await WitnessTransport.submit(to: given.url, body)
            }
        } catch {
            throw ValidationError(error.message)
        }
    }
}
