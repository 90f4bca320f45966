import AgendaModel
import EventLog
import EventLogTesting
import Testing

@testable import Projections

@Suite("Looking for words in the state file")
struct TextSearchTests {
    let folder: TestFolder
    let log: TestLog
    let file: StateFile

    init() throws {
        folder = try TestFolder()
        log = try TestLog()
        file = try folder.stateFile()
    }

    private static let fields = ["title", "summary"]
    private static let titles = [
        "Zonnepark Noord", "ZONNEPARK", "zonnepark zuid", "Café Één", "CAFE een", "Cafe\u{301}", "een \\\"park\\\"",
        "a\\\\b",
        "Straße", "\u{212A}ilo", "kilo", "ñandú", "Ελλάδα", "\\u0001een", "zon nepark", "İstanbul", "x",
    ]
    private static let searches = [
        "zonnepark", "ZONNEPARK noord", "noord zonnepark", "cafe", "café", "een", "Één", "\"park\"", "a\\b", "b",
        "strasse",
        "straße", "kilo", "K", "nandu", "ελλαδα", "istanbul", "zon", "nepark zon", "niets", "e", "\u{1}een", "",
    ]

    /// What the quick look finds is what reading every document finds, whatever letters the texts have.
    @Test("A search finds what all documents say, and nothing else")
    func findsAll() throws {
        for (number, title) in Self.titles.enumerated() {
            let other = Self.titles[(number * 5 + 3) % Self.titles.count]
            let subject = "project/aaaaaa-\(number + 1)"
            log.record("project.started", subject, #"{"title":"\#(title)","summary":"\#(other)"}"#)
            log.record("note.added", "note/aaaaaa-\(number + 1)", #"{"about":"project/aaaaaa-1","text":"\#(title)"}"#)
        }
        try log.commit()
        try file.catchUp(with: log.store)
        var count = 0
        try file.read { view in
            for words in Self.searches {
                let search = TextSearch(words: words.split(separator: " "))
                var expected: [String] = []
                try view.forEachDocument(kind: nil) { subject, document in
                    let values = try JSONValue(parsing: document)
                    let texts = Self.fields.compactMap { values[$0]?.text }.map(TextSearch.folded)
                    let isFound = words.split(separator: " ").map { TextSearch.folded(String($0)) }
                        .allSatisfy { word in texts.contains { $0.utf8.contains(word.utf8) } }
                    if !texts.isEmpty, isFound { expected.append(subject) }
                    return true
                }
                var found: [String] = []
                try view.forEachDocument(kind: nil, having: search, in: Self.fields) { subject, values in
                    #expect(values["title"] != nil)
                    found.append(subject)
                    return true
                }
                #expect(found == expected, "\(words)")
                count += found.count
            }
        }
        // Neither everything nor nothing is found.
        #expect(count > Self.titles.count && count < Self.titles.count * Self.searches.count)
    }

    @Test("A search stops when it is told to, and finds in states of the past too")
    func stopsAndGoesBack() throws {
        for number in 1...5 { log.record("project.started", "project/aaaaaa-\(number)", #"{"title":"Zonnepark"}"#) }
        try log.commit()
        try file.catchUp(with: log.store)
        let past = try PastState(TimeTravel.state(of: log.store, at: LogSize(3)))
        func count(_ view: StateView, atMost limit: Int) throws -> Int {
            var count = 0
            try view.forEachDocument(kind: "project", having: TextSearch(text: "nepa"), in: Self.fields) { _, _ in
                count += 1
                return count < limit
            }
            return count
        }
        #expect(try file.read { try count($0, atMost: 9) } == 5)
        #expect(try file.read { try count($0, atMost: 2) } == 2)
        #expect(try past.read { try count($0, atMost: 9) } == 3)
    }
}
