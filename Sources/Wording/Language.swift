internal import SyncProtocol

/// A language that messages can be in.
package enum Language: String, CaseIterable, Sendable {
    case english = "en"
    case dutch = "nl"

    /// The language that a tag or the name of a locale begins with: `nl`, `nl-BE`, `nl_NL.UTF-8`; nil for all others.
    package init?(tag: String) {
        let primary = tag.prefix { $0 != "-" && $0 != "_" && $0 != "." && $0 != "@" }
        self.init(rawValue: primary.lowercased())
    }

    /// The language of whoever starts a program: the first of `AMBIT_LANGUAGE`, `LC_ALL`, `LC_MESSAGES` and `LANG` that
    /// says something decides; English for other languages.
    ///
    /// - Parameter environment: the variables of the process.
    package init(environment: [String: String]) {
        let names = ["AMBIT_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"]
        let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        self = locale.flatMap { Language(tag: $0) } ?? .english
    }

    /// The language that a client likes best (RFC 9110 section 12.5.4) of those that there are; English when it likes
    /// none.
    ///
    /// - Parameter header: the value of `Accept-Language`; nil when there is none.
    package init(accepting header: String?) {
        var best: (language: Language, quality: Int)?
        for (tag, quality) in QualityList(header ?? "").items where quality > (best?.quality ?? 0) {
            if let language = tag == "*" ? .english : Language(tag: tag) { best = (language, quality) }
        }
        self = best?.language ?? .english
    }
}
