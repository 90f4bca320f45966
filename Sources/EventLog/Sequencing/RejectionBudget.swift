internal import AgendaModel

/// How much of refused lines each member may still have kept.
///
/// Without a bound, whoever may push could fill the disk with what never gets into the log.
///
/// So many bytes at once, and as many again in a day. By member and not by device, because a device can go on as others.
struct RejectionBudget {
    /// What usual laptops have refused in years.
    static let usualBytesPerDay = 16 << 20
    /// What a refused line takes besides its bytes: the reason, and its row.
    static let perLine = 256
    private static let secondsPerDay = 86_400.0
    /// More members than this are not looked after at once.
    private static let maximumMembers = 10_000

    private let bytesPerDay: Int
    private let now: @Sendable () -> Duration
    /// What has been kept lately of each member's lines, less what the time since then has made up for.
    private var kept: [MemberID: (bytes: Double, since: Duration)] = [:]

    /// - Parameters:
    ///   - bytesPerDay: at once, and in a day.
    ///   - now: the time since some moment; never goes back.
    init(bytesPerDay: Int, now: @escaping @Sendable () -> Duration) {
        self.bytesPerDay = bytesPerDay
        self.now = now
    }

    /// Whether that much more may be kept, after so much that is going to be.
    ///
    /// Any amount when nothing has been kept lately: what nobody can make smaller is not refused for ever.
    func allows(_ bytes: Int, after before: Int, of member: MemberID) -> Bool {
        let present = level(of: member) + Double(before)
        return bytes == 0 || present == 0 || present + Double(bytes) <= Double(bytesPerDay)
    }

    /// After how many seconds that much may be kept, if nothing else is until then.
    func wait(for bytes: Int, of member: MemberID) -> Int {
        let room = max(0, Double(bytesPerDay) - Double(bytes))
        let missing = level(of: member) - room
        return max(1, Int((missing / Double(bytesPerDay) * Self.secondsPerDay).rounded(.up)))
    }

    mutating func spend(_ bytes: Int, of member: MemberID) {
        if kept.count >= Self.maximumMembers {
            kept = kept.filter { level(of: $0.key) > 0 }
        }
        kept[member] = (level(of: member) + Double(bytes), now())
    }

    private func level(of member: MemberID) -> Double {
        guard let (bytes, since) = kept[member] else { return 0 }
        let elapsed = (now() - since) / .seconds(1)
        return max(0, bytes - elapsed * Double(bytesPerDay) / Self.secondsPerDay)
    }
}
