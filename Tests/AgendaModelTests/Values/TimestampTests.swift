import Foundation
import Testing

@testable import AgendaModel

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "The written form is read back",
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0), ("1969-12-31T23:59:59.999Z", -1),
            ("2026-11-12T10:11:12.123Z", 1_794_478_272_123), ("2000-02-29T12:00:00.500Z", 951_825_600_500),
            ("0000-01-01T00:00:00.000Z", -62_167_219_200_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ]
    )
    func roundTrip(_ text: String, _ milliseconds: Int) {
        #expect(Timestamp(text)?.millisecondsSince1970 == milliseconds)
        #expect(Timestamp(millisecondsSince1970: milliseconds).description == text)
    }

    @Test("Every day of ten thousand years is followed by the next one")
    func everyDay() {
        let calendar = CalendarDay(daysSince1970: -719_528)
        #expect(calendar.parts == (0, 1, 1))
        var previous = (0, 0, 0)
        for day in -719_528..<2_932_897 {
            let parts = CalendarDay(daysSince1970: day).parts
            guard parts > previous, parts.day >= 1 else {
                Issue.record("day \(day) is \(parts), the one before \(previous)")
                return
            }
            previous = parts
        }
        #expect(previous == (9999, 12, 31))
        for day in stride(from: -719_528, to: 2_932_897, by: 97) {
            let time = Timestamp(millisecondsSince1970: day * 86_400_000 + 45_296_789)
            #expect(Timestamp(time.description) == time)
        }
    }

    @Test("Moments outside the years 0000 to 9999 are written as the nearest one inside")
    func outside() {
        #expect(Timestamp(millisecondsSince1970: .min).description == "0000-01-01T00:00:00.000Z")
        #expect(Timestamp(millisecondsSince1970: .max).description == "9999-12-31T23:59:59.999Z")
    }
}
