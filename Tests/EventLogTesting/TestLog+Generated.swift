internal import AgendaModel
internal import EventLog

extension TestLog {
    /// A log of valid events of several devices, with conflicts, and with some entries erased.
    package static func generated(_ count: Int, seed: UInt64 = 4) throws -> TestLog {
        let log = try TestLog()
        var generator = AgendaGenerator(seed: seed)
        var events: [[UInt8]] = []
        while events.count < count { events.append(generator.next().line) }
        for start in stride(from: 0, to: count, by: 50) {
            log.now += 1_000
            let recorded = Timestamp(millisecondsSince1970: log.now)
            let entries = events[start..<min(start + 50, count)].map { $0.dropLast() + EntrySuffix.bytes(recorded) }
            try log.commit(Array(entries), at: recorded)
        }
        return log
    }
}
