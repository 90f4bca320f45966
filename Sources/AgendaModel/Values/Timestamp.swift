/// A moment in UTC with millisecond precision, written as RFC 3339 with exactly three decimals:
/// `2026-11-12T10:11:12.123Z`.
///
/// Years 0000 to 9999 of the proleptic Gregorian calendar; no leap seconds.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00.000Z, leap seconds not counted.
    public var millisecondsSince1970: Int

    /// A moment by its distance from 1970.
    public init(millisecondsSince1970: Int) { self.millisecondsSince1970 = millisecondsSince1970 }

    /// The number of bytes of the written form.
    public static let length = 24

    /// Reads the 24 bytes of the fixed form; nil for anything else, days that do not exist included.
    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == Self.length, let base = text.baseAddress else { return nil }
        self.init(fixedForm: base)
    }

    /// Reads the fixed form; nil for anything else, days that do not exist included.
    public init?(_ text: String) {
        var text = text
        guard let value = text.withUTF8({ Timestamp($0) }) else { return nil }
        self = value
    }

    /// Reads the fixed form from 24 bytes, which the caller has counted; nil for anything else.
    @inline(__always)
    init?(fixedForm text: UnsafePointer<UInt8>) {
        let separators =
            (text[4] ^ 0x2D) | (text[7] ^ 0x2D) | (text[10] ^ 0x54) | (text[13] ^ 0x3A) | (text[16] ^ 0x3A)
            | (text[19] ^ 0x2E) | (text[23] ^ 0x5A)
        guard separators == 0, let day = CalendarDay(text) else { return nil }
        var digits = Digits(text)
        let hour = digits.two(at: 11)
        let minute = digits.two(at: 14)
        let second = digits.two(at: 17)
        let milliseconds = digits.two(at: 20) * 10 + digits.one(at: 22)
        guard digits.areDecimal, hour < 24, minute < 60, second < 60 else { return nil }
        millisecondsSince1970 = (day.daysSince1970 * 86400 + hour * 3600 + minute * 60 + second) * 1000 + milliseconds
    }

    /// The fixed form: 24 characters, with three decimals and `Z`.
    ///
    /// Moments outside the years 0000 to 9999 are written as the nearest moment inside.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.length) {
            write(to: $0.baseAddress!)
            return Self.length
        }
    }

    /// Writes the fixed form's 24 bytes.
    public func write(to text: UnsafeMutablePointer<UInt8>) {
        let clamped = min(max(millisecondsSince1970, Self.earliest), Self.latest)
        let days = (clamped >= 0 ? clamped : clamped - (Self.dayLength - 1)) / Self.dayLength
        let rest = clamped - days * Self.dayLength
        let (year, month, day) = CalendarDay(daysSince1970: days).parts
        func put(_ value: Int, digits: Int, at offset: Int) {
            var value = value
            for index in stride(from: offset + digits - 1, through: offset, by: -1) {
                text[index] = UInt8(0x30 + value % 10)
                value /= 10
            }
        }
        put(year, digits: 4, at: 0)
        put(month, digits: 2, at: 5)
        put(day, digits: 2, at: 8)
        put(rest / 3_600_000, digits: 2, at: 11)
        put(rest / 60_000 % 60, digits: 2, at: 14)
        put(rest / 1000 % 60, digits: 2, at: 17)
        put(rest % 1000, digits: 3, at: 20)
        text[4] = UInt8(ascii: "-")
        text[7] = UInt8(ascii: "-")
        text[10] = UInt8(ascii: "T")
        text[13] = UInt8(ascii: ":")
        text[16] = UInt8(ascii: ":")
        text[19] = UInt8(ascii: ".")
        text[23] = UInt8(ascii: "Z")
    }

    /// Earlier moments come first.
    public static func < (lhs: Timestamp, rhs: Timestamp) -> Bool {
        lhs.millisecondsSince1970 < rhs.millisecondsSince1970
    }

    private static let dayLength = 86_400_000
    /// The first moment, 0000-01-01T00:00:00.000Z.
    private static let earliest = -62_167_219_200_000
    /// The last moment, 9999-12-31T23:59:59.999Z.
    private static let latest = 253_402_300_799_999
}

/// A day of the proleptic Gregorian calendar.
struct CalendarDay {
    var daysSince1970: Int

    init(daysSince1970: Int) { self.daysSince1970 = daysSince1970 }

    /// Reads the digits of `YYYY-MM-DD`; the caller looks at the separators.
    ///
    /// Nil for days that do not exist.
    @inline(__always)
    init?(_ text: UnsafePointer<UInt8>) {
        var digits = Digits(text)
        let year = digits.two(at: 0) * 100 + digits.two(at: 2)
        let month = digits.two(at: 5)
        let day = digits.two(at: 8)
        guard digits.areDecimal, month >= 1, month <= 12, day >= 1, day <= Self.days(in: month, of: year) else {
            return nil
        }
        // Years are counted from March, so that the leap day is a year's last.
        let shifted = month > 2 ? year : year - 1
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        daysSince1970 = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    var parts: (year: Int, month: Int, day: Int) {
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    @inline(__always)
    private static func days(in month: Int, of year: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
    }
}

/// Reads decimal digits and remembers whether they all were.
private struct Digits {
    private let text: UnsafePointer<UInt8>
    private(set) var areDecimal = true

    @inline(__always)
    init(_ text: UnsafePointer<UInt8>) { self.text = text }

    @inline(__always)
    mutating func one(at offset: Int) -> Int {
        let digit = text[offset] &- 0x30
        areDecimal = areDecimal && digit < 10
        return Int(digit)
    }

    @inline(__always)
    mutating func two(at offset: Int) -> Int { one(at: offset) &* 10 &+ one(at: offset &+ 1) }
}
