internal import EventLogTesting

/// What a seed makes of the world: how large it is, which faults there are, and how often.
///
/// Each seed leaves out some sorts of faults and stresses others: a world in which everything fails all the time finds
/// less than worlds that fail in different ways.
struct Scenario {
    var laptops: Int
    var servers: Int
    var steps: Int
    /// At most so many events are recorded.
    var events: Int
    /// How many events somebody imports at once; enough for whole segments.
    var bulk: Int
    /// How likely each sort of fault is where it can happen, 0 to 1.
    private var chances: [Fault: Double] = [:]

    init(_ random: inout SplitMix64) {
        laptops = Int.random(in: 2...4, using: &random)
        servers = random.chance(0.2) ? 2 : 1
        steps = Int.random(in: 150...450, using: &random)
        events = Int.random(in: 20...120, using: &random)
        bulk = random.chance(0.15) ? Int.random(in: 100...500, using: &random) : 0
        let intensity = Double.random(in: 0.2...2, using: &random)
        for fault in Fault.allCases {
            let isLeftOut = random.chance(0.35)
            let factor = Double.random(in: 0.3...1.5, using: &random)
            chances[fault] = isLeftOut ? 0 : min(Self.usual(fault) * intensity * factor, 0.5)
        }
    }

    func chance(of fault: Fault) -> Double { chances[fault] ?? 0 }

    private static func usual(_ fault: Fault) -> Double {
        switch fault {
        case .requestLost, .answerLost: 0.08
        case .requestDuplicated, .requestTurnedAway: 0.06
        case .answerCut: 0.15
        case .stall: 0.04
        case .writeFailed, .writeFailedAfter: 0.08
        case .serverCrashBeforeWrite, .serverCrashAfterWrite, .diskFull: 0.05
        case .serverCrash, .laptopKilled: 0.08
        case .laptopCrashBeforeWrite, .laptopCrashAfterWrite: 0.05
        case .stateLost, .stateDamaged, .clockJump: 0.08
        case .revocation: 0.02
        case .enrolmentAnswerLost: 0.3
        case .serverClockJump: 0.15
        case .failover, .journalCut, .backupRestored, .allRestored: 0.05
        case .requestOvertaken, .serverDown: 1
        }
    }
}
