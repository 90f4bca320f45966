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
        let days = Int((Double(midnight.millisecondsSince1970) / 86_400_000).rounded(.down))
        // 1 January 1970 has the number 25,569.
        guard days + 25_569 >= 61 else { return nil }
        value = days + 25_569
    }
}
