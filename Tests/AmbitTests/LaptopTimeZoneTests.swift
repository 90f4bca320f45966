import Foundation
import Testing

@testable import ambit

@Suite("Where a laptop is")
struct LaptopTimeZoneTests {
    private static let kiritimati = 14 * 3600
    private static let winter = Date(timeIntervalSince1970: 1_796_000_000)

    @Test(
        "A zone of the IANA database is known by its name, however the variable TZ leads to it",
        arguments: [
            "Pacific/Kiritimati", ":Pacific/Kiritimati", "/usr/share/zoneinfo/Pacific/Kiritimati",
            ":/usr/share/zoneinfo/Pacific/Kiritimati",
        ]
    )
    func named(variable: String) {
        let zone = TimeZone.laptop(named: variable, secondsFromGMT: Self.kiritimati, at: Self.winter, otherwise: .gmt)
        #expect(zone.identifier == "Pacific/Kiritimati")
    }

    @Test(
        "Any other form counts as the system reads it",
        arguments: [
            ("UTC-14", 50_400), ("GMT-14", 50_400), ("<+14>-14", 50_400), ("UTC+12", -43_200),
            ("CET-1CEST,M3.5.0,M10.5.0/3", 3600), ("CET-1CEST,M3.5.0,M10.5.0/3", 7200), ("NST3:30", -12_600), ("", 0),
            ("nonsense", 0),
        ]
    )
    func other(variable: String, seconds: Int) {
        for usual in [TimeZone.gmt, TimeZone(identifier: "Pacific/Kiritimati") ?? .gmt] {
            let zone = TimeZone.laptop(named: variable, secondsFromGMT: seconds, at: Self.winter, otherwise: usual)
            #expect(zone.secondsFromGMT(for: Self.winter) == seconds)
        }
    }

    @Test("Without the variable, what Foundation finds counts where it is as the system's clock")
    func unset() {
        let usual = TimeZone(identifier: "Pacific/Kiritimati") ?? .gmt
        #expect(
            TimeZone.laptop(named: nil, secondsFromGMT: Self.kiritimati, at: Self.winter, otherwise: usual) == usual
        )
        #expect(
            TimeZone.laptop(named: nil, secondsFromGMT: 3600, at: Self.winter, otherwise: usual).secondsFromGMT(
                for: Self.winter
            ) == 3600
        )
        #expect(TimeZone.laptop(named: nil, secondsFromGMT: 0, at: Self.winter, otherwise: .gmt) == .gmt)
    }
}
