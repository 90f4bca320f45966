internal import AgendaModel

/// A day as spreadsheets count them: from 1 March 1900 on, which has the number 61.
///
/// Days before are ambiguous there, since spreadsheets have a 29 February 1900 that never was.
struct DayNumber: Hashable {
    let value: Int

    /// nil for what is no such day.
    ///
    /// - Parameter day: `YYYY-MM-DD`.
    init?(_ day: String) {
        guard day.utf8.count == 10, let midnight = Timestamp(day + "T00:00:00.000Z") else { return nil }
        let days = midnight.millisecondsSince1970 / Self.length
        guard days + Self.epoch >= Self.first else { return nil }
        value = days + Self.epoch
    }

    /// nil for what is no day, or one that is ambiguous.
    ///
    /// - Parameters:
    ///   - serial: as a cell has it.
    ///   - offset: what is added to it, in workbooks that count from another day.
    init?(serial: Double, offset: Int) {
        guard serial == serial.rounded(), abs(serial) < 1e7 else { return nil }
        let number = Int(serial) + offset
        guard (Self.first...Self.last).contains(number) else { return nil }
        value = number
    }

    /// `YYYY-MM-DD`.
    var day: String {
        String(Timestamp(millisecondsSince1970: (value - Self.epoch) * Self.length).description.prefix(10))
    }

    /// In milliseconds.
    private static let length = 86_400_000
    /// Of 1 January 1970.
    private static let epoch = 25_569
    private static let first = 61
    /// Of 31 December 9999.
    private static let last = 2_958_465
}
