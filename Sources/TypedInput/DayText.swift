internal import AgendaModel
internal import Wording

/// Days as people type them: `2026-11-12`, `12-11-2026`, `12 november 2026`, `vandaag`, `yesterday`.
enum DayText {
    /// The day that a text stands for.
    ///
    /// - Parameters:
    ///   - text: as typed.
    ///   - manner: what today is, and which of day and month comes first where only that can tell.
    /// - Returns: `YYYY-MM-DD`; nil for what is no day.
    /// - Throws: `InputError` with `invalidData` for a day that has two readings, or that does not exist.
    static func value(_ text: String, _ manner: TypingManner) throws -> String? {
        guard !manner.isProgram else { return isDay(text) ? text : nil }
        if let offset = words[text.lowercased()] { return moved(manner.today, by: offset) }
        let parts = text.split { " -/.".contains($0) }.map(String.init)
        guard parts.count == 3 else { return nil }
        if parts[0].count == 4 {
            guard let year = number(parts[0]), let month = number(parts[1]), let day = number(parts[2]) else {
                return nil
            }
            return try existing(year, month, day, text)
        }
        guard parts[2].count == 4, let year = number(parts[2]) else { return nil }
        if let month = month(parts[1]), let day = number(parts[0]) { return try existing(year, month, day, text) }
        guard let first = number(parts[0]), let second = number(parts[1]) else { return nil }
        // In Dutch the day comes first; in English nobody can know.
        if manner.language == .english, first != second, first <= 12, second <= 12 {
            throw ambiguous(text, try existing(year, second, first, text), try existing(year, first, second, text))
        }
        if manner.language == .english, second > 12 { return try existing(year, first, second, text) }
        return try existing(year, second, first, text)
    }

    private static let words = [
        "vandaag": 0, "gisteren": -1, "eergisteren": -2, "morgen": 1, "today": 0, "yesterday": -1, "tomorrow": 1,
    ]
    private static let months = [
        "januari": 1, "februari": 2, "maart": 3, "april": 4, "mei": 5, "juni": 6, "juli": 7, "augustus": 8,
        "september": 9, "oktober": 10, "november": 11, "december": 12, "january": 1, "february": 2, "march": 3,
        "may": 5,
        "june": 6, "july": 7, "august": 8, "october": 10, "mrt": 3,
    ]

    /// Also by three letters or more that it begins with.
    private static func month(_ text: String) -> Int? {
        let text = text.lowercased()
        if let month = months[text] { return month }
        guard text.count >= 3 else { return nil }
        let found = Set(months.filter { $0.key.hasPrefix(text) }.values)
        return found.count == 1 ? found.first : nil
    }

    private static func number(_ text: String) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    private static func existing(_ year: Int, _ month: Int, _ day: Int, _ text: String) throws -> String {
        let found = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        guard isDay(found) else {
            throw InputError(.invalidData, "The day \"\(text)\" does not exist.", "De dag \"\(text)\" bestaat niet.")
        }
        return found
    }

    private static func isDay(_ text: String) -> Bool {
        text.utf8.count == 10 && Timestamp(text + "T00:00:00.000Z") != nil
    }

    private static func moved(_ day: String, by days: Int) -> String? {
        Timestamp(day + "T00:00:00.000Z").map { start in
            let time = Timestamp(millisecondsSince1970: start.millisecondsSince1970 + days * 86_400_000)
            return String(time.description.prefix(10))
        }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func ambiguous(_ text: String, _ first: String, _ second: String) -> InputError {
        InputError(
            .invalidData,
            "\"\(text)\" can be read as two days. Type \(first) or \(second).",
            "\"\(text)\" is als twee dagen te lezen. Typ \(first) of \(second)."
        )
    }
}
