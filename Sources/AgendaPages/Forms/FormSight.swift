internal import AgendaModel
internal import TypedInput

/// What somebody sees who fills in a form: when it was made, and of which subject.
///
/// It goes along with the form, unseen. Whoever makes one up says no more than that they saw less.
struct FormSight: Hashable {
    /// The entries of the log that the form was made of.
    var size: LogSize
    /// The counter of the next event of this laptop, as the device that it was.
    var next: Counter
    /// Whose document the form shows; nil while nobody has said what it is about, and where it creates that.
    var subject: String?
    /// Which device this laptop was; nil where that is not known.
    var device: DeviceID?

    /// The field of the form that brings it.
    static let name = "seen"

    init(size: LogSize, next: Counter, subject: String?, device: DeviceID?) {
        self.size = size
        self.next = next
        self.subject = subject
        self.device = device
    }

    /// - Parameters:
    ///   - text: as a form brought it.
    ///   - end: the size of the log now; nil for a text that says more, or something else.
    init?(_ text: String, upTo end: LogSize) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard (2...4).contains(words.count), let size = Int(words[0]), (0...end.rawValue).contains(size),
            let next = Int(words[1])
        else { return nil }
        let (subject, device) = (words.dropFirst(2).first, words.dropFirst(3).first.map { String($0) })
        guard device.map(DeviceID.isValid) ?? true else { return nil }
        self.init(
            size: LogSize(size),
            next: Counter(next),
            subject: subject.flatMap { $0.isEmpty ? nil : String($0) },
            device: device.map { DeviceID(unchecked: $0) }
        )
    }

    /// The form's text.
    var text: String {
        var words = [size.description, next.description]
        if subject != nil || device != nil { words.append(subject ?? "") }
        if let device { words.append(device.rawValue) }
        return words.joined(separator: " ")
    }

    /// Whether this laptop wrote something after the form was made.
    ///
    /// The counters of another device begin anew. Where the laptop has become one, what it had not sent then counts as later, too.
    ///
    /// - Parameters:
    ///   - head: what was written.
    ///   - own: the laptop's devices.
    /// - Returns: false for what others wrote.
    func isBefore(_ head: AgendaModel.Head, of own: OwnDevices) -> Bool {
        guard let writer = own.device(of: head.source.rawValue.utf8, at: head.position) else { return false }
        guard own.present == device else { return head.position >= size.next }
        return writer == own.present && head.counter >= next
    }
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
