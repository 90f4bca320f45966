package import AgendaModel

/// The `Date` of an HTTP message, to the second: `Sat, 28 Nov 2026 06:42:04 GMT`.
///
/// Source: RFC 9110, section 5.6.7; the two obsolete forms are not read.
package enum HTTPDate {
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let millisecondsPerDay = 24 * 60 * 60 * 1000

    package static func text(of moment: Timestamp) -> String {
        // `2026-11-28T06:42:04.000Z`
        let parts = moment.description.split { "-T:.Z".contains($0) }.map(String.init)
        guard parts.count >= 6, let month = Int(parts[1]), months.indices.contains(month - 1) else { return "" }
        // The first day of 1970 was a Thursday.
        let day = Int((Double(moment.millisecondsSince1970) / Double(millisecondsPerDay)).rounded(.down))
        let weekday = ((day + 3) % 7 + 7) % 7
        return "\(days[weekday]), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]):\(parts[4]):\(parts[5]) GMT"
    }

    /// nil for text in another form.
    package static func moment(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[5] == "GMT", parts[0].hasSuffix(","), days.contains(String(parts[0].dropLast())),
            let month = months.firstIndex(of: parts[2]), parts[1].utf8.count == 2, parts[3].utf8.count == 4
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp("\(parts[3])-\(number)-\(parts[1])T\(parts[4]).000Z")
    }
}
