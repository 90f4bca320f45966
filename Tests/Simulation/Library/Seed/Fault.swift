/// The sorts of faults, for counting and for choosing.
enum Fault: String, CaseIterable, Sendable {
    case requestLost = "requests lost"
    case requestDuplicated = "requests duplicated"
    case requestTurnedAway = "requests answered with 503 or 429 on the way"
    case requestOvertaken = "requests overtaken by later ones"
    case answerLost = "answers lost after the server had acted"
    case answerCut = "answers cut in the middle"
    case stall = "stalls until the deadline"
    case serverDown = "requests to a server that was down"
    case serverCrash = "server crashes, nothing being written"
    case serverCrashBeforeWrite = "server crashes before a write"
    case serverCrashAfterWrite = "server crashes after a write that nobody was told of"
    case writeFailed = "server writes that failed"
    case writeFailedAfter = "server writes that failed although applied"
    case diskFull = "server writes without room"
    case laptopKilled = "laptops killed while syncing"
    case laptopCrashBeforeWrite = "laptop crashes before a write"
    case laptopCrashAfterWrite = "laptop crashes after a write"
    case stateLost = "state files deleted"
    case stateDamaged = "state files damaged"
    case clockJump = "clocks that jumped"
    case revocation = "devices revoked"
    case enrolmentAnswerLost = "answers to enrolments that were lost"
    case serverClockJump = "server clocks that jumped"
    case failover = "stores that went back under their servers"
    case journalCut = "journals that were cut"
    case backupRestored = "stores that were put back from a backup"
    case allRestored = "stores that were put back with what was noted of them"

    /// Whether the store has less afterwards.
    var isRetreat: Bool {
        switch self {
        case .failover, .journalCut, .backupRestored, .allRestored: true
        default: false
        }
    }
}
