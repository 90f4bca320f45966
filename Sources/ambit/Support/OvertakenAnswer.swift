import AgendaModel
import SyncClient

/// An event that has no effect, for programs.
struct OvertakenAnswer: Encodable {
    var device: String
    var id: Int
    var position: Int
    var subject: String
    var type: String

    /// nil when there are none.
    static func list(_ edits: [OvertakenEdit]) -> [OvertakenAnswer]? {
        edits.isEmpty
            ? nil
            : edits.map {
                OvertakenAnswer(
                    device: $0.device.rawValue,
                    id: $0.id,
                    position: $0.position.rawValue,
                    subject: $0.subject,
                    type: $0.withdrawal
                )
            }
    }
}
