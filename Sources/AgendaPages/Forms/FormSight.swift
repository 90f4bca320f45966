internal import AgendaModel
internal import TypedInput

/// What somebody sees who fills in a form: when it was made, and of which subject.
///
/// It goes along with the form, unseen. Whoever makes one up says no more than that they saw less.
struct FormSight: Hashable {
    /// The entries of the log that the form was made of.
    var size: LogSize
    /// The counter of the next event of this laptop.
    var next: Counter
    /// Whose document the form shows; nil while nobody has said what it is about, and where it creates that.
    var subject: String?

    /// The field of the form that brings it.
    static let name = "seen"

    init(size: LogSize, next: Counter, subject: String?) {
        self.size = size
        self.next = next
        self.subject = subject
    }

    /// - Parameters:
    ///   - text: as a form brought it.
    ///   - end: the size of the log now; nil for a text that says more, or something else.
    init?(_ text: String, upTo end: LogSize) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard (2...3).contains(words.count), let size = Int(words[0]), (0...end.rawValue).contains(size),
            let next = Int(words[1])
        else { return nil }
        self.init(size: LogSize(size), next: Counter(next), subject: words.count == 3 ? String(words[2]) : nil)
    }

    /// The form's text.
    var text: String { [size.description, next.description, subject].compactMap(\.self).joined(separator: " ") }
}

/// A text that a field shows.
struct FormText: Hashable {
    var text: String
    /// Whom it names; nil where that is not known, or where it names nobody.
    var subject: String?

    init(_ text: String, naming subject: String? = nil) {
        self.text = text
        self.subject = subject
    }

    /// Takes both in one.
    init(pair: String) {
        // Byte by byte: a text may begin with a mark that the space before it would carry.
        guard let space = pair.utf8.firstIndex(of: UInt8(ascii: " ")), NameText.isSubject(String(pair[..<space])) else {
            self.init(pair)
            return
        }
        self.init(String(pair[pair.utf8.index(after: space)...]), naming: String(pair[..<space]))
    }

    /// Both in one: `<kind>/<id> <text>`; the text alone where it names nobody.
    var pair: String { subject.map { "\($0) \(text)" } ?? text }
}
