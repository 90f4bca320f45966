package import EventLog

/// A witness that the server asks to cosign its checkpoints.
package struct RemoteWitness: Sendable {
    /// By which its cosignatures are checked.
    package var key: CosignerKey
    /// Sends a body to its `add-checkpoint`, and gives status and body of the answer.
    package var submit: @Sendable ([UInt8]) async throws -> (status: Int, body: [UInt8])

    package init(
        key: CosignerKey,
        submit: @escaping @Sendable ([UInt8]) async throws -> (status: Int, body: [UInt8])
    ) {
        self.key = key
        self.submit = submit
    }
}
