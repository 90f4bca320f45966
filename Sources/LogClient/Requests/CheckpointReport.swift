internal import SyncProtocol

/// Shows a server a checkpoint of its own log that it seems to have forgotten.
///
/// The server's own key has signed it, so the server believes it. It stops adding to the log before two histories
/// come of it. Nobody waits for it, and where it does not arrive, others show theirs.
package struct CheckpointReport: Sendable {
    private let request: TransportRequest

    /// - Parameters:
    ///   - note: the checkpoint with its signature, as it was received.
    ///   - token: of a device of the agenda; nil for a public log.
    package init(_ note: String, token: String?) {
        var headers = [
            "Content-Type": "text/plain", "Accept": ProtocolConstants.problem,
            ProtocolConstants.versionHeader: String(ProtocolConstants.version),
        ]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        request = TransportRequest(
            method: "POST",
            path: "/checkpoint",
            headers: headers,
            body: Array(note.utf8),
            headTimeout: .seconds(20),
            pace: .least
        )
    }

    /// Sends it once; what becomes of it changes nothing here.
    package func send(over transport: any Transport) async {
        guard let response = try? await transport.send(request) else { return }
        _ = try? await response.read(limit: SyncRequests.maximumProblem)
    }
}
