/// Cuts a stream of server-sent events into what it says, as bytes arrive.
///
/// As the [HTML standard](https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation)
/// has it, with limits. Lines end with LF, CR or CRLF. A byte-order mark at the start and unknown fields are ignored.
/// An event that is cut off by the end does not count.
package struct EventStreamParser {
    package enum Item: Hashable {
        case comment
        case event(Event)
        /// How many milliseconds the server wants a client to wait before it comes back.
        case retry(Int)
    }

    package struct Event: Hashable {
        /// Empty when the event has none.
        package var name: String
        /// The data lines, with a newline between them.
        package var data: [UInt8]
        /// The last one that was given, by this event or an earlier one.
        package var id: String

        package init(name: String, data: [UInt8], id: String) {
            self.name = name
            self.data = data
            self.id = id
        }
    }

    /// The longest line: more than the longest entry with its field name.
    package static let maximumLine = 128 * 1024
    /// The most data of one event.
    package static let maximumEvent = 256 * 1024

    private var line: [UInt8] = []
    private var isFirstLine = true
    private var endedWithReturn = false
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var id = ""

    package init() {}

    /// Gives what is complete.
    ///
    /// - Throws: `foreign` when a line or an event is too long.
    package mutating func receive(_ bytes: [UInt8]) throws(LogClientError) -> [Item] {
        var items: [Item] = []
        var rest = bytes[...]
        if endedWithReturn, let first = rest.first {
            if first == Self.lineFeed { rest = rest.dropFirst() }
            endedWithReturn = false
        }
        while let end = rest.firstIndex(where: { $0 == Self.lineFeed || $0 == Self.carriageReturn }) {
            try extend(rest[..<end])
            let isReturn = rest[end] == Self.carriageReturn
            rest = rest[(end + 1)...]
            if isReturn {
                if rest.isEmpty { endedWithReturn = true }
                if rest.first == Self.lineFeed { rest = rest.dropFirst() }
            }
            if let item = try finishLine() { items.append(item) }
        }
        try extend(rest)
        return items
    }

    private mutating func extend(_ bytes: ArraySlice<UInt8>) throws(LogClientError) {
        guard line.count + bytes.count <= Self.maximumLine else {
            throw LogClientError.foreign("a line of its live stream is longer than \(Self.maximumLine) bytes")
        }
        line += bytes
    }

    private mutating func finishLine() throws(LogClientError) -> Item? {
        if isFirstLine, line.starts(with: Self.byteOrderMark) { line.removeFirst(Self.byteOrderMark.count) }
        isFirstLine = false
        defer { line.removeAll(keepingCapacity: true) }
        guard let first = line.first else { return dispatch() }
        guard first != Self.colon else { return .comment }
        let end = line.firstIndex(of: Self.colon) ?? line.endIndex
        var value = line[min(end + 1, line.endIndex)...]
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<end], as: UTF8.self) {
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data":
            guard data.count + value.count < Self.maximumEvent else {
                throw LogClientError.foreign("an event of its live stream is longer than \(Self.maximumEvent) bytes")
            }
            if hasData { data.append(Self.lineFeed) }
            data += value
            hasData = true
        case "id" where !value.contains(0): id = String(decoding: value, as: UTF8.self)
        case "retry":
            let isNumber = !value.isEmpty && value.count <= 9 && value.allSatisfy { (0x30...0x39).contains($0) }
            return isNumber ? Int(String(decoding: value, as: UTF8.self)).map { .retry($0) } : nil
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> Item? {
        defer {
            name = ""
            data = []
            hasData = false
        }
        return hasData ? .event(Event(name: name, data: data, id: id)) : nil
    }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let colon = UInt8(ascii: ":")
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}
