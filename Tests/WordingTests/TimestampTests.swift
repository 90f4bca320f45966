import AgendaModel
import Foundation
import Testing
import Wording

@Suite("Days and times where people are")
struct TimestampTests {
    @Test(
        "A day begins where the clock there says so, also when clocks change",
        arguments: [
            ("Europe/Amsterdam", "2026-11-12", "2026-11-11T23:00:00.000Z"),
            ("Europe/Amsterdam", "2026-07-01", "2026-06-30T22:00:00.000Z"),
            ("Europe/Amsterdam", "2026-03-29", "2026-03-28T23:00:00.000Z"),
            ("Europe/Amsterdam", "2026-03-30", "2026-03-29T22:00:00.000Z"),
            ("Europe/Amsterdam", "2026-10-26", "2026-10-25T23:00:00.000Z"),
            ("America/Curacao", "2026-11-12", "2026-11-12T04:00:00.000Z"),
            ("Pacific/Kiritimati", "2026-11-12", "2026-11-11T10:00:00.000Z"),
            ("GMT", "2026-11-12", "2026-11-12T00:00:00.000Z"),
        ]
    )
    func dayBegins(_ zone: String, _ day: String, _ expected: String) throws {
        let timeZone = try #require(TimeZone(identifier: zone))
        let start = try #require(Timestamp(startOf: day, in: timeZone))
        #expect(start.description == expected)
        #expect(start.day(in: timeZone) == day)
        let before = Timestamp(millisecondsSince1970: start.millisecondsSince1970 - 1)
        #expect(before.day(in: timeZone, plus: 1) == day)
    }

    @Test("Times are told as a clock there shows them; UTC is named")
    func moments() throws {
        let time = try #require(Timestamp("2026-11-12T23:30:15.123Z"))
        let zone = try #require(TimeZone(identifier: "Europe/Amsterdam"))
        #expect(Localizer(.dutch, in: zone).moment(time) == "13-11-2026 00:30:15")
        #expect(Localizer(.dutch).moment(time) == "12-11-2026 23:30:15 UTC")
        #expect(Timestamp(startOf: "2026-02-30", in: zone) == nil)
    }
}
