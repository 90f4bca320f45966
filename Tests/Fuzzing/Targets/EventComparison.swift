internal import AgendaModel

/// Holds what the event reader found against what the reader of the client's files finds in the same line.
enum EventComparison {
    static func check(_ reading: EventTarget.Reading, of line: UnsafeBufferPointer<UInt8>) throws {
        guard let text = String(validating: line, as: UTF8.self) else {
            throw BrokenProperty(description: "an accepted line is not UTF-8")
        }
        try require(!line.contains(0x0A), "an accepted line has a newline")
        let event: JSONValue
        do {
            event = try JSONValue(parsing: text)
        } catch {
            throw BrokenProperty(description: "an accepted line is refused by the other reader: \(error)")
        }
        let found = reading.attributes
        func slice(_ range: Range<Int>) -> String { String(decoding: line[range], as: UTF8.self) }
        try require(event["id"]?.text == String(found.counter.rawValue), "id")
        try require(event["source"]?.text == slice(found.source), "source")
        try require(event["type"]?.text == slice(found.type), "type")
        try require(event["subject"]?.text == slice(found.subject), "subject")
        try require(event["time"]?.text == found.time.description, "time")
        try require(event["basis"] == .number(String(found.basis.rawValue)), "basis")
        try require((event["salt"] != nil) == found.hasSalt, "salt")
        try require((1...EventLimits.maximumNumber).contains(found.counter.rawValue), "the counter's range")
        try require((0...EventLimits.maximumNumber).contains(found.basis.rawValue), "the basis' range")
        let data = event["data"] ?? .null
        try require(try JSONValue(parsing: slice(found.data)) == data, "data")
        try checkLeaves(reading.leaves, against: leaves(of: data, at: ""))
    }

    private static func checkLeaves(
        _ found: [EventTarget.Reading.Leaf],
        against expected: [(path: String, value: JSONValue)]
    ) throws {
        try require(found.count == expected.count, "\(found.count) leaves, not \(expected.count)")
        for (leaf, expected) in zip(found, expected) {
            try require(leaf.path.utf8.elementsEqual(expected.path.utf8), "the path \(leaf.path), not \(expected.path)")
            try require(leaf.path.utf8.count <= EventLimits.pointerBytes, "a path of \(leaf.path.utf8.count) bytes")
            let value = try leaf.value.map { try JSONValue(parsing: $0) } ?? .null
            try require(isSame(value, expected.value), "the value at \(leaf.path)")
            try require(value.compact.utf8.elementsEqual((leaf.value ?? "null").utf8), "not canonical at \(leaf.path)")
            try require(isCanonical(value), "not canonical at \(leaf.path)")
        }
    }

    private static func leaves(of value: JSONValue, at path: String) -> [(path: String, value: JSONValue)] {
        guard case .object(let members) = value else { return [(path, value)] }
        return members.flatMap { member in
            var piece = ""
            for scalar in member.name.unicodeScalars {
                switch scalar {
                case "~": piece += "~0"
                case "/": piece += "~1"
                default: piece.unicodeScalars.append(scalar)
                }
            }
            return leaves(of: member.value, at: path + "/" + piece)
        }
    }

    /// Whether two values are the same but for how they are written.
    private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): Double(left) == Double(right)
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)): left.elementsEqual(right, by: isSame)
        case (.object(let left), .object(let right)):
            sorted(left).elementsEqual(sorted(right)) {
                $0.name.utf8.elementsEqual($1.name.utf8) && isSame($0.value, $1.value)
            }
        default: left == right
        }
    }

    private static func sorted(_ members: [JSONValue.Member]) -> [JSONValue.Member] {
        members.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
    }

    /// Members in the order of RFC 8785, and numbers that come out the same when they are read as an event's.
    private static func isCanonical(_ value: JSONValue) -> Bool {
        switch value {
        case .number(let digits): rewritten(digits) == digits
        case .array(let items): items.allSatisfy(isCanonical)
        case .object(let members):
            zip(members, sorted(members)).allSatisfy { $0.name.utf8.elementsEqual($1.name.utf8) }
                && members.allSatisfy { isCanonical($0.value) }
        default: true
        }
    }

    /// A number in the form that the event reader gives it when it is written so that it has to be rewritten.
    private static func rewritten(_ digits: String) -> String? {
        let exponent = digits.contains("e") ? digits : digits + "e0"
        var reader = EventReader()
        return Array(EventSeeds.event(#"{"n":\#(exponent)}"#).utf8).withUnsafeBufferPointer { line in
            guard case .success(let reading) = EventTarget.read(line, as: .event, with: &reader) else { return nil }
            return reading.leaves.first?.value
        }
    }
}
