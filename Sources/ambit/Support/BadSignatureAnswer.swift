import AgendaModel
import SyncClient

/// A signature that does not hold, for programs.
struct BadSignatureAnswer: Encodable {
    var position: Position
    var device: DeviceID
    var fault: String
    var explanation: String

    /// - Returns: nil for none.
    static func list(_ signatures: [BadSignature]) -> [BadSignatureAnswer]? {
        guard !signatures.isEmpty else { return nil }
        return signatures.map {
            BadSignatureAnswer(
                position: $0.position,
                device: $0.device,
                fault: $0.fault,
                explanation: $0.explanation
            )
        }
    }
}
