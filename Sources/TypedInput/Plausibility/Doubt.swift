package import Wording

/// What is unlikely of an event, though it can be recorded.
package struct Doubt: Hashable, Sendable {
    /// Which sort of doubt; the names are for programs.
    package enum Code: String, CaseIterable, Sendable {
        /// A day on which something happened, and that has not come yet.
        case future
        /// A day that is decades away.
        case farFuture = "far-future"
        /// A count below zero.
        case negative
        /// Latitude and longitude stand in each other's place.
        case exchanged
        /// A place far from all others.
        case farAway = "far-away"
        /// The same was measured before.
        case twice
        /// A measurement that no target counts.
        case forNothing = "counts-for-nothing"
    }

    package var code: Code
    /// RFC 6901 pointer of the field that it is about.
    package var path: String
    /// What the message is about, by the names in it.
    var values: [String: String]

    init(_ code: Code, at path: String, _ values: [String: String] = [:]) {
        self.code = code
        self.path = path
        self.values = values
    }

    /// What is unlikely.
    ///
    /// - Parameters:
    ///   - localizer: in whose words.
    ///   - kind: of the subject.
    /// - Returns: sentences.
    package func text(_ localizer: Localizer, of kind: String) -> String {
        var values = values
        let names = path.split(separator: "/").map { Vocabulary.field(String($0), of: kind, localizer.language) }
        values["field"] = names.joined(separator: " › ")
        if let day = values["day"] { values["day"] = localizer.date(day) }
        if let number = values["number"] { values["number"] = localizer.number(number) }
        return localizer.message(.doubt, ["doubt": localizer.message(message, values)])
    }

    private var message: Message {
        switch code {
        case .future: .doubtFuture
        case .farFuture: .doubtFarFuture
        case .negative: .doubtNegative
        case .exchanged: .doubtExchanged
        case .farAway: .doubtFarAway
        case .twice: .doubtTwice
        case .forNothing: .doubtForNothing
        }
    }
}
