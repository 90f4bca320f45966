/// What has been found of an event's attributes so far.
struct FoundAttributes {
    struct Name: OptionSet {
        let rawValue: UInt16
        static let specversion = Self(rawValue: 1 << 0)
        static let id = Self(rawValue: 1 << 1)
        static let source = Self(rawValue: 1 << 2)
        static let type = Self(rawValue: 1 << 3)
        static let subject = Self(rawValue: 1 << 4)
        static let time = Self(rawValue: 1 << 5)
        static let basis = Self(rawValue: 1 << 6)
        static let data = Self(rawValue: 1 << 7)
        static let salt = Self(rawValue: 1 << 8)
        static let required: Self = [.specversion, .id, .source, .type, .subject, .time, .basis, .data]
    }

    var names: Name = []
    var counter = 0
    var source = 0..<0
    var type = 0..<0
    var subject = 0..<0
    var time = Timestamp(millisecondsSince1970: 0)
    var basis = 0
    var data = 0..<0
    var tombstone: Tombstone?

    /// Checks that nothing is missing.
    func attributes(recordedTime: Timestamp?) throws(EventProblem) -> EventAttributes {
        let names = tombstone == nil ? names : names.union(.data)
        guard names.isSuperset(of: .required) else { throw missing() }
        return EventAttributes(
            counter: Counter(counter),
            source: source,
            type: type,
            subject: subject,
            time: time,
            basis: LogSize(basis),
            data: data,
            hasSalt: names.contains(.salt),
            recordedTime: recordedTime,
            tombstone: tombstone
        )
    }

    private func missing() -> EventProblem {
        let all: [(Name, String)] = [
            (.specversion, "specversion"), (.id, "id"), (.source, "source"), (.type, "type"), (.subject, "subject"),
            (.time, "time"), (.basis, "basis"), (.data, "data"),
        ]
        let missing = all.filter { !names.contains($0.0) }.map(\.1)
        return EventProblem(.malformedEvent, "missing: \(missing.joined(separator: ", "))")
    }
}

extension EventReader {
    mutating func readAttributes(
        _ cursor: inout LineCursor,
        into found: inout FoundAttributes,
        as form: Form
    ) throws(EventProblem) {
        // Names that this version does not know wait in `names`, which is empty between objects.
        try cursor.take(UInt8(ascii: "{"))
        while true {
            try cursor.take(UInt8(ascii: "\""))
            let start = cursor.at
            while cursor.byte != UInt8(ascii: "\"") {
                guard isNameByte(cursor.byte) else {
                    throw cursor.problem("the name of an attribute has characters other than a-z and 0-9")
                }
                cursor.at &+= 1
            }
            let end = cursor.at
            cursor.at &+= 1
            try cursor.take(UInt8(ascii: ":"))
            try readAttribute(named: start..<end, &cursor, into: &found, as: form)
            if cursor.byte == UInt8(ascii: ",") {
                cursor.at &+= 1
                continue
            }
            if form == .event {
                try cursor.take(UInt8(ascii: "}"))
                guard cursor.at == cursor.end else { throw cursor.problem("more bytes after the event") }
            } else if cursor.at != cursor.end {
                throw cursor.problem("expected ',' or the recordedtime that ends an entry")
            }
            names.removeAll(keepingCapacity: true)
            return
        }
    }

    @inline(__always)
    private mutating func readAttribute(
        named name: Range<Int>,
        _ cursor: inout LineCursor,
        into found: inout FoundAttributes,
        as form: Form
    ) throws(EventProblem) {
        let (start, end) = (name.lowerBound, name.upperBound)
        switch end &- start {
        case 2 where cursor.matches("id", from: start, to: end):
            try Self.note(.id, "id", in: &found)
            found.counter = try Self.counter(at: &cursor)
        case 4 where cursor.matches("type", from: start, to: end):
            try Self.note(.type, "type", in: &found)
            found.type = try Self.type(at: &cursor)
        case 4 where cursor.matches("time", from: start, to: end):
            try Self.note(.time, "time", in: &found)
            found.time = try Self.time(at: &cursor)
        case 4 where cursor.matches("data", from: start, to: end):
            try Self.note(.data, "data", in: &found)
            found.data = try readData(&cursor)
        case 4 where cursor.matches("salt", from: start, to: end):
            try Self.note(.salt, "salt", in: &found)
            try Self.checkSalt(at: &cursor)
        case 5 where cursor.matches("basis", from: start, to: end):
            try Self.note(.basis, "basis", in: &found)
            found.basis = try Self.basis(at: &cursor)
        case 6 where cursor.matches("source", from: start, to: end):
            try Self.note(.source, "source", in: &found)
            found.source = try Self.source(at: &cursor)
        case 7 where cursor.matches("subject", from: start, to: end):
            try Self.note(.subject, "subject", in: &found)
            found.subject = try Self.subject(at: &cursor)
        case 11 where cursor.matches("specversion", from: start, to: end):
            try Self.note(.specversion, "specversion", in: &found)
            try Self.checkVersion(at: &cursor)
        case 6 where form == .entry && cursor.matches("erased", from: start, to: end):
            try readTombstone(&cursor, into: &found)
        default:
            try readExtension(named: name, &cursor)
        }
    }

    @inline(__always)
    private static func note(
        _ name: FoundAttributes.Name,
        _ text: StaticString,
        in found: inout FoundAttributes
    ) throws(EventProblem) {
        guard !found.names.contains(name) else { throw EventProblem(.malformedEvent, "\(text) is there twice") }
        found.names.insert(name)
    }

    /// Reads an attribute that this version does not know: kept in the line, otherwise ignored.
    @inline(never)
    private mutating func readExtension(named name: Range<Int>, _ cursor: inout LineCursor) throws(EventProblem) {
        let text = cursor.text(name)
        guard !name.isEmpty, name.count <= EventLimits.extensionNameBytes else {
            throw EventProblem(
                .malformedEvent,
                "the name of an attribute has \(name.count) characters; 1 to \(EventLimits.extensionNameBytes) are allowed"
            )
        }
        // `erased`, `redaction` and `leaf` stand in the entries that are left when data is erased, and nowhere else.
        guard text != "recordedtime", text != "erased", text != "redaction", text != "leaf" else {
            throw EventProblem(.malformedEvent, "\(text) is the server's to add; an event does not have it")
        }
        guard names.count < EventLimits.extensionAttributes else {
            throw EventProblem(.malformedEvent, "more than \(EventLimits.extensionAttributes) additional attributes")
        }
        try note(name: name, escaped: false, in: cursor)
        try requireDistinctNames(from: 0, in: cursor)
        switch cursor.byte {
        case UInt8(ascii: "\""):
            cursor.at += 1
            _ = try cursor.takeString()
        case UInt8(ascii: "-"), 0x30...0x39:
            _ = try cursor.takeNumber()
        case UInt8(ascii: "t"):
            try cursor.takeWord("true")
        case UInt8(ascii: "f"):
            try cursor.takeWord("false")
        default:
            throw EventProblem(.malformedEvent, "\(text) must be a string, a number, true or false")
        }
    }
}

@inline(__always)
func isNameByte(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 || byte &- 0x30 < 10 }

extension LineCursor {
    /// Takes a bare word of JSON.
    @inline(__always)
    mutating func takeWord(_ word: StaticString) throws(EventProblem) {
        let stop = at &+ word.utf8CodeUnitCount
        guard stop <= end, matches(word, from: at, to: stop) else { throw problem("expected \(word)") }
        at = stop
    }

    /// Bytes of the line for a problem's text: cut off, and nothing but visible ASCII.
    func text(_ range: Range<Int>) -> String {
        var text = ""
        for index in range.prefix(40) {
            let byte = base[index]
            text.unicodeScalars.append((0x21...0x7E).contains(byte) ? Unicode.Scalar(byte) : "?")
        }
        return range.count > 40 ? text + "…" : text
    }
}
