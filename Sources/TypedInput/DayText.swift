package import AgendaModel
internal import Wording

/// Days as people type them: `2026-11-12` everywhere, `12-11-2026` in Dutch, and words for today and yesterday.
package enum DayText {
    /// The day that a text stands for.
    ///
    /// - Parameters:
    ///   - text: as typed.
    ///   - typist: who typed it; a program writes `YYYY-MM-DD`.
    /// - Returns: `YYYY-MM-DD`; nil for text that is no day that exists.
    /// - Throws: `InputError` with `invalidData` for an order of day and month that English does not settle.
    package static func value(_ text: String, by typist: Typist) throws -> String? {
        if exists(text) { return text }
        guard let language = typist.language else { return nil }
        switch text.lowercased() {
        case "today", "vandaag": return typist.today
        case "yesterday", "gisteren": return typist.yesterday
        default: break
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, (1...2).contains(parts[0].count), (1...2).contains(parts[1].count), parts[2].count == 4
        else { return nil }
        func day(_ month: Substring, _ day: Substring) -> String? {
            let text = "\(parts[2])-\(month.count == 1 ? "0" : "")\(month)-\(day.count == 1 ? "0" : "")\(day)"
            return exists(text) ? text : nil
        }
        let dayFirst = day(parts[1], parts[0])
        guard language == .english else { return dayFirst }
        let readings = [dayFirst, day(parts[0], parts[1])].compactMap(\.self)
        guard let first = readings.first, let last = readings.last else { return nil }
        guard first != last else {
            throw InputError(.invalidData, .dayOfOtherLanguage, with: ["text": text, "day": first])
        }
        throw InputError(.invalidData, .dayWithTwoReadings, with: ["text": text, "one": first, "other": last])
    }

    /// The day on which something ends: `2027-11-28`, or `30d` or `52w` from today on, in UTC.
    ///
    /// - Parameters:
    ///   - text: as typed.
    ///   - now: when.
    /// - Returns: `YYYY-MM-DD`; nil for what is neither, for a day that is over, and for more than 100,000 days or weeks.
    package static func end(_ text: String, from now: Timestamp) -> String? {
        let today = String(now.description.prefix(10))
        if exists(text) { return text >= today ? text : nil }
        let days = ["d": 1, "w": 7]
        guard let unit = text.last.flatMap({ days[String($0)] }), text.dropLast().allSatisfy("0123456789".contains),
            let count = Int(text.dropLast()), (1...100_000).contains(count)
        else { return nil }
        let end = Timestamp(millisecondsSince1970: now.millisecondsSince1970 + count * unit * 86_400_000)
        return String(end.description.prefix(10))
    }

    private static func exists(_ text: String) -> Bool {
        text.utf8.count == 10 && Timestamp(text + "T00:00:00.000Z") != nil
    }
}
