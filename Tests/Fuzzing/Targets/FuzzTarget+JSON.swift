internal import AgendaModel
internal import SyncClient
internal import SyncProtocol

// Texts in JSON that are no events yet, or no events at all.

extension FuzzTarget {
    /// Data as people and files give it.
    package static let json = FuzzTarget(
        name: "json",
        seeds: {
            [
                #"{"a":[1,-0.5e+7,"\u00e9\ud83d\ude00\n"],"b":{"c":null,"d":true}}"#, " [ ] ", #""\/""#, "1e400",
                "[[[[[[]]]]]]",
            ]
            .map { Array($0.utf8) }
        }
    ) { input in
        guard let text = String(validating: input, as: UTF8.self) else { return }
        var plain = PlainParser(input)
        let isPlain = plain.isValue() && !plain.brokeRule
        guard let value = try? JSONValue(parsing: text) else { return try require(!isPlain, "JSON is refused") }
        let compact = Array(value.compact.utf8)
        var again = PlainParser(compact)
        try require(again.isValue(), "what is written is no JSON")
        try require((try? JSONValue(parsing: value.compact)) == value, "written and read again it is another value")
        try require(!isPlain || compact.count <= input.count, "without white space it is longer")
    }

    /// A file for `ambit import`.
    package static let importFile = FuzzTarget(
        name: "import",
        seeds: {
            [
                #"{"type":"theme.opened","as":"groen","data":{"title":"Voorbeeld"}}"# + "\r\n\n"
                    + #"{"type":"project.revised","subject":"$groen","time":"2026-11-12T10:11:12.123Z","data":{}}"#,
                #"{"type":"note.added","data":{"text":"Voorbeeld"}}"# + "\n",
                #"{"specversion":"1.0","id":"1","source":"device/aaaaaa","type":"theme.opened","subject":"theme/aaaaaa-1","#
                    + #""time":"2026-11-12T10:11:12.123Z","basis":3,"data":{"title":"Voorbeeld"},"#
                    + #""recordedtime":"2026-11-12T10:11:12.123Z"}"#,
            ].map { Array($0.utf8) }
        }
    ) { input in
        let now = Timestamp(millisecondsSince1970: 1_800_000_000_000)
        let lines = input.split(separator: 0x0A, omittingEmptySubsequences: false)
        let filled = lines.enumerated().filter { !$0.element.allSatisfy { [0x20, 0x09, 0x0D].contains($0) } }
        do {
            let file = try ImportFile(input, now: now)
            try require(file.lines.map(\.number) == filled.map { $0.offset + 1 }, "lines are missing")
            let names = file.lines.compactMap(\.name)
            try require(Set(names).count == names.count, "a name is defined twice")
        } catch let error as ReplicaError {
            guard let line = error.line else { throw BrokenProperty(description: "no line is named: \(error)") }
            try require(filled.contains { $0.offset + 1 == line }, "line \(line) is blamed, and there is nothing on it")
            try require(error.message.utf8.count <= 1_000, "a message of \(error.message.utf8.count) bytes")
        }
    }

    /// The JSON bodies of requests, and the description of an agenda that a laptop reads.
    package static let messages = FuzzTarget(
        name: "messages",
        seeds: {
            [
                #"{"invite":"a","member":"Voorbeeld","device":"laptop","key":"AAAA"}"#,
                #"{"role":"recorder","member":"member/a-1","expiresInDays":7}"#,
                #"{"type":"/problems/not-found","title":"a","status":404,"size":1,"protocolVersions":[1]}"#,
                #"{"name":"a","title":"b","origin":"c","verifierKey":"d","size":1,"protocolVersions":[1],"limits":{}}"#,
            ].map { Array($0.utf8) }
        }
    ) { input in
        try checkMessage(EnrolmentRequest.self, input)
        try checkMessage(InviteRequest.self, input)
        try checkMessage(ProblemDetails.self, input)
        try checkMessage(AgendaDescription.self, input)
    }

    private static func checkMessage<Message: Codable & Equatable>(_ type: Message.Type, _ input: [UInt8]) throws {
        let message: Message
        do {
            message = try ProtocolJSON.decode(type, from: input)
        } catch let problem as ProblemDetails {
            let detail = problem.detail ?? ""
            try require(problem.status == 400, "what cannot be read is not the sender's fault")
            return try require(detail.utf8.count <= 1_000, "a detail of \(detail.utf8.count) bytes")
        }
        let written = try ProtocolJSON.encode(message)
        try require(try ProtocolJSON.decode(type, from: written) == message, "written and read it is another message")
        if let problem = message as? ProblemDetails {
            let written = try ProtocolJSON.decode(ProblemDetails.self, from: problem.encoded())
            try require(written == problem, "problem details are written differently")
        }
    }
}
