import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension TimeZone {
    /// Where this laptop is, as `date` has it: the variable TZ counts in every form that POSIX gives it.
    static var laptop: TimeZone {
        let now = Date()
        let seconds = secondsOfSystem(at: time_t(now.timeIntervalSince1970))
        return laptop(named: ProcessInfo.processInfo.environment["TZ"], secondsFromGMT: seconds, at: now)
    }

    /// The zone that a laptop means.
    ///
    /// Foundation knows names of the IANA database alone, and reads the `UTC-1` of POSIX with the other sign. So a zone
    /// counts only where it is as far from UTC as the system says.
    ///
    /// - Parameters:
    ///   - name: the variable TZ; nil where it is not set.
    ///   - seconds: how far ahead of UTC the system's own clock is.
    ///   - now: when it is.
    ///   - usual: what Foundation takes for the laptop's.
    /// - Returns: the zone by its name where it has one, otherwise one that is always so far ahead.
    static func laptop(
        named name: String?,
        secondsFromGMT seconds: Int,
        at now: Date,
        otherwise usual: TimeZone = .current
    ) -> TimeZone {
        let zone = name.map(nameInDatabase).flatMap { TimeZone(identifier: $0) } ?? usual
        guard zone.secondsFromGMT(for: now) == seconds else { return TimeZone(secondsFromGMT: seconds) ?? .gmt }
        // A laptop that is set to UTC names it in another way.
        return seconds == 0 && zone.nextDaylightSavingTimeTransition(after: now) == nil ? .gmt : zone
    }

    /// `Europe/Amsterdam` of `:Europe/Amsterdam` and of `/usr/share/zoneinfo/Europe/Amsterdam`.
    private static func nameInDatabase(_ variable: String) -> String {
        let name = variable.hasPrefix(":") ? variable.dropFirst() : variable[...]
        guard name.hasPrefix("/"), let folder = name.firstRange(of: "/zoneinfo/") else { return String(name) }
        return String(name[folder.upperBound...])
    }

    private static func secondsOfSystem(at moment: time_t) -> Int {
        var moment = moment
        var clock = tm()
        tzset()
        guard localtime_r(&moment, &clock) != nil else { return 0 }
        return clock.tm_gmtoff
    }
}
