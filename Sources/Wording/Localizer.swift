package import AgendaModel
package import Foundation
package import Projections

/// Says things in one language.
package struct Localizer: Hashable, Sendable {
    package var language: Language
    /// In which days and times are told.
    package var timeZone: TimeZone

    package init(_ language: Language, in timeZone: TimeZone = .gmt) {
        self.language = language
        self.timeZone = timeZone
    }

    package func message(_ message: Message, _ values: [String: String] = [:]) -> String {
        message.text(language, values)
    }

    /// `a, b and c`.
    package func list(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(message(.and)) " + last
    }

    /// Of many words only the first, and how many more there are.
    package func list(_ words: [String], atMost limit: Int) -> String {
        guard words.count > limit else { return list(words) }
        let listed = words.prefix(limit).joined(separator: ", ")
        return message(.andMore, ["listed": listed, "count": number("\(words.count - limit)")])
    }

    /// Whether two of these texts differ in nothing that can be seen.
    ///
    /// They are canonically equivalent (UAX #15), but for which spaces part their words and how many, and for variation
    /// selectors.
    package static func lookTheSame(_ texts: [String]) -> Bool {
        var seen: [String: [Array<UInt8>]] = [:]
        for text in texts { seen[look(of: text), default: []].append(Array(text.utf8)) }
        return seen.values.contains { Set($0).count > 1 }
    }

    /// As ``lookTheSame(_:)``, of values in JSON: texts without their quotation marks.
    package static func lookTheSame(json values: [String]) -> Bool {
        lookTheSame(values.map { (try? JSONValue(parsing: $0))?.text ?? $0 })
    }

    /// A text with one space for each stretch of them, and none at its ends.
    private static func look(of text: String) -> String {
        var look = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !scalar.properties.isVariationSelector {
            // The braille pattern without dots is no white space, and looks like one.
            let isSpace = scalar != "\n" && scalar.properties.isWhitespace || scalar == "\u{2800}"
            if !isSpace {
                look.append(scalar)
            } else if let last = look.last, last != " " {
                look.append(" ")
            }
        }
        if look.last == " " { look.removeLast() }
        return String(look)
    }

    // MARK: - Time

    /// To the second, as a clock of the time zone shows it; UTC is named.
    package func moment(_ time: Timestamp) -> String {
        moment(time, clockLength: 8)
    }

    /// A moment, without its seconds.
    package func minute(_ time: Timestamp) -> String {
        moment(time, clockLength: 5)
    }

    private func moment(_ time: Timestamp, clockLength: Int) -> String {
        // 2026-11-12T10:11:12.123Z
        let text = time.local(in: timeZone).description
        let zone = timeZone == .gmt ? " UTC" : ""
        return "\(date(String(text.prefix(10)))) \(text.dropFirst(11).prefix(clockLength))\(zone)"
    }

    /// A day, from its form `YYYY-MM-DD`.
    package func date(_ text: String) -> String {
        let parts = text.split(separator: "-")
        guard language == .dutch, parts.count == 3 else { return text }
        return "\(parts[2])-\(parts[1])-\(parts[0])"
    }

    /// The two greatest units of a time that is a minute at least.
    package func duration(milliseconds: Int) -> String {
        let minutes = milliseconds / 60_000
        let parts = [
            unit(minutes / 1440, one: .day, many: .days), unit(minutes / 60 % 24, one: .hour, many: .hours),
            unit(minutes % 60, one: .minute, many: .minutes),
        ]
        return parts.drop { $0 == nil }.prefix(2).compactMap(\.self).joined(separator: " ")
    }

    /// That a laptop's clock was ahead of the server's, in milliseconds.
    package func clockAhead(by lead: Int) -> String {
        message(.laptopAhead, ["duration": duration(milliseconds: lead)])
    }

    private func unit(_ count: Int, one: Message, many: Message) -> String? {
        count == 0 ? nil : message(count == 1 ? one : many, ["count": "\(count)"])
    }

    // MARK: - Numbers

    /// A number from its JSON form, with its digits in groups: `10.000` and `1,5` in Dutch, `10,000` and `1.5` in English.
    package func number(_ json: String) -> String { grouped(json) }

    /// A number from its JSON form as somebody would type it: without groups, and so that no language reads another number.
    package func typed(_ json: String) -> String {
        let decimals = json.drop { $0 != "." }.dropFirst()
        // Three digits behind the mark would be a group in the other language.
        let text = decimals.count == 3 ? json + "0" : json
        return language == .dutch ? text.replacing(".", with: ",") : text
    }

    /// An amount in euro cents.
    func euros(cents: Int) -> String {
        let rest = String(cents.magnitude % 100)
        let decimals = cents % 100 == 0 ? "" : "." + (rest.count == 1 ? "0" : "") + rest
        return (cents < 0 ? "-" : "") + (language == .dutch ? "€ " : "€")
            + grouped("\(cents.magnitude / 100)\(decimals)")
    }

    private func grouped(_ json: String) -> String {
        let isNegative = json.hasPrefix("-")
        let parts = json.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return language == .dutch ? json.replacing(".", with: ",") : json }
        let (mark, point) = language == .dutch ? (".", ",") : (",", ".")
        var whole = ""
        for (index, digit) in parts[0].enumerated() {
            if index > 0, (parts[0].count - index) % 3 == 0 { whole += mark }
            whole.append(digit)
        }
        return (isNegative ? "-" : "") + ([whole] + parts.dropFirst().map(String.init)).joined(separator: point)
    }

    // MARK: - Documents

    /// A subject with its kind: `project Energietuin (k3j9x2-4)`.
    package func subject(_ subject: String, _ titles: [String: String]) -> String {
        let kind = Vocabulary.kind(String(subject.prefix { $0 != "/" }), language)
        return "\(kind) \(reference(subject, titles))"
    }

    /// A subject without its kind: `Energietuin (k3j9x2-4)`.
    func reference(_ subject: String, _ titles: [String: String]) -> String {
        let id = String(subject.drop { $0 != "/" }.dropFirst())
        return titles[subject].map { "\($0) (\(id))" } ?? id
    }

    /// What somebody knew who wrote a value that is in conflict.
    ///
    /// - Parameters:
    ///   - basis: the size of the log that they had.
    ///   - unseen: the numbers of the other values that they had not seen.
    /// - Returns: words without a full stop.
    package func knowledge(basis: Int, unseen: [Int]) -> String {
        let seen = basis == 0 ? message(.sawNothing) : message(.sawUpTo, ["position": "\(basis - 1)"])
        return message(.didNotKnow, ["seen": seen, "unseen": list(unseen.map(String.init), atMost: 16)])
    }

    /// A path of a subject's document, in words.
    package func field(_ path: String, of subject: String, _ titles: [String: String]) -> String {
        let kind = String(subject.prefix { $0 != "/" })
        return path.split(separator: "/").map { part in
            let name = String(decoding: JSONPointer.unescaped(part.utf8), as: UTF8.self)
            return name.contains("/")
                ? titles[name] ?? name : Vocabulary.field(name, of: kind, language)
        }.joined(separator: " › ")
    }

    /// What a field has, in words.
    func value(_ value: FieldValue, at path: String, of subject: String, _ titles: [String: String]) -> String {
        value == .erased ? message(.erased) : self.value(value.json, at: path, of: subject, titles)
    }

    /// A value of a subject's document, in words.
    ///
    /// - Parameters:
    ///   - json: in JCS form; nil = absent.
    ///   - path: where it stands.
    ///   - subject: in whose document.
    ///   - titles: what subjects are called.
    ///   - isTyped: whether people may type it again: then digits stand without groups.
    /// - Returns: text without quotes.
    package func value(
        _ json: [UInt8]?,
        at path: String,
        of subject: String,
        _ titles: [String: String],
        isTyped: Bool = false
    ) -> String {
        guard let json else { return message(.absent) }
        let text = String(decoding: json, as: UTF8.self)
        let form = Catalogue.current.form(at: path, of: subject)
        guard let string = (try? JSONValue(parsing: json))?.text else {
            switch text {
            case "true": return message(.yes)
            case "false": return message(.no)
            default: break
            }
            if form == .integer, path == "/budget", let cents = Int(text) { return euros(cents: cents) }
            return isTyped ? typed(text) : number(text)
        }
        switch form {
        case .date: return date(string)
        case .oneOf:
            return Vocabulary.value(string, of: String(path.split(separator: "/").last ?? ""), language)
        case .reference: return reference(string, titles)
        default: return string
        }
    }

    // MARK: - Authors

    package func by(_ author: Author) -> String {
        by(author.source, device: author.deviceName, member: author.memberName)
    }

    /// An author by the names of the device and the member, as far as they are known.
    package func by(_ source: EventSource, device: String?, member: String?) -> String {
        guard source != .server else { return message(.byServer) }
        let device = device ?? source.rawValue
        return member.map { message(.byMember, ["member": $0, "device": device]) }
            ?? message(.byDevice, ["device": device])
    }

    func place(_ position: Position?) -> String {
        guard let position, position != .afterEverything else { return message(.notSent) }
        return message(.entryAt, ["position": "\(position)"])
    }
}
