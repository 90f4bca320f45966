import AgendaModel
import Testing

@testable import SyncClient

@Suite("Events under another identity")
struct EventRewriterTests {
    private static let project =
        #"{"specversion":"1.0","id":"7","source":"device/oudeaa","type":"project.started","subject":"project/oudeaa-7","#
        + #""time":"2026-11-12T10:11:12.123Z","basis":12,"data":{"title":"Voorbeeldproject"}}"#

    private func line(
        _ type: String,
        _ subject: String,
        _ data: String,
        id: Int = 8,
        rest: String = ""
    ) -> [UInt8] {
        Array(
            (#"{"specversion":"1.0","id":"\#(id)","source":"device/oudeaa","type":"\#(type)","subject":"\#(subject)","#
                + #""time":"2026-11-12T10:11:13.000Z","basis":12\#(rest),"data":\#(data)}"#).utf8
        )
    }

    private func rewrite(
        _ rewriter: inout EventRewriter,
        _ event: [UInt8],
        _ counter: Int,
        basis: LogSize? = nil
    ) throws -> String {
        let line = try rewriter.rewrite(event, source: "device/nieuwb", counter: Counter(counter), basis: basis)
        return String(decoding: line, as: UTF8.self)
    }

    @Test("A creating event takes the subject of its new identity, and keeps time, basis and data")
    func creating() throws {
        var rewriter = EventRewriter()
        let renamed = try rewrite(&rewriter, Array(Self.project.utf8), 1)
        #expect(
            renamed == #"{"specversion":"1.0","id":"1","source":"device/nieuwb","type":"project.started","#
                + #""subject":"project/nieuwb-1","time":"2026-11-12T10:11:12.123Z","basis":12,"#
                + #""data":{"title":"Voorbeeldproject"}}"#
        )
        #expect(rewriter.mapping == ["project/oudeaa-7": "project/nieuwb-1"])
    }

    @Test(
        "Later events follow, as subject, as value and as key, and nowhere else",
        arguments: [
            ("project.revised", "project/oudeaa-7", #"{"title":"B"}"#, "project/nieuwb-1", #"{"title":"B"}"#),
            (
                "milestone.planned", "milestone/oudeaa-8",
                #"{"project":"project/oudeaa-7","title":"M","due":"2026-12-01"}"#,
                "milestone/nieuwb-2", #"{"project":"project/nieuwb-1","title":"M","due":"2026-12-01"}"#
            ),
            (
                "measurement.corrected", "measurement/ander1-3",
                #"{"project":"project/oudeaa-7","source":"project/oudeaa-7"}"#,
                "measurement/ander1-3", #"{"project":"project/nieuwb-1","source":"project/oudeaa-7"}"#
            ),
            (
                "ambition.targeted", "ambition/ander1-3",
                #"{"targets":{"indicator/oudeaa-5":{"quantity":1e2}},"reason":null}"#,
                "ambition/ander1-3", #"{"targets":{"indicator/nieuwb-9":{"quantity":1e2}},"reason":null}"#
            ),
            (
                "project.linked", "project/oudeaa-7", #"{"ambitions":{"ambition/oudeaa-7":true}}"#,
                "project/nieuwb-1", #"{"ambitions":{"ambition/oudeaa-7":true}}"#
            ),
            (
                "project.dreamt", "project/oudeaa-7", #"{"project":"project/oudeaa-7"}"#,
                "project/nieuwb-1", #"{"project":"project/oudeaa-7"}"#
            ),
        ]
    )
    func following(type: String, subject: String, data: String, newSubject: String, newData: String) throws {
        var rewriter = EventRewriter([
            "project/oudeaa-7": "project/nieuwb-1", "indicator/oudeaa-5": "indicator/nieuwb-9",
        ])
        let renamed = try rewrite(&rewriter, line(type, subject, data), 2)
        #expect(renamed.contains(#""subject":"\#(newSubject)","#), "\(renamed)")
        #expect(renamed.hasSuffix(#","data":\#(newData)}"#), "\(renamed)")
    }

    @Test("Salt and unknown attributes stay, and the basis when none is given")
    func keeping() throws {
        var rewriter = EventRewriter()
        let rest = #","salt":"CzBVep_E6Q4zWH2ix-wRNg","traceparent":"00-\u0041","urgent":true"#
        let event = line(
            "note.added",
            "note/oudeaa-8",
            #"{"about":"agenda/assen","text":"note/oudeaa-8 \"é\""}"#,
            rest: rest
        )
        let kept = try rewrite(&rewriter, event, 3)
        #expect(kept.contains(#","basis":12,"salt":"CzBVep_E6Q4zWH2ix-wRNg","traceparent":"00-A","urgent":true,"#))
        #expect(kept.hasSuffix(#""text":"note/oudeaa-8 \"é\""}}"#))
        #expect(try rewrite(&rewriter, event, 4, basis: LogSize(3)).contains(#","basis":3,"#))
    }

    @Test("Subjects with given names keep them")
    func givenNames() throws {
        var rewriter = EventRewriter()
        let renamed = try rewrite(&rewriter, line("agenda.founded", "agenda/oudeaa-8", #"{"title":"A"}"#), 2)
        #expect(renamed.contains(#""subject":"agenda/oudeaa-8","#))
        #expect(rewriter.mapping.isEmpty)
    }

    @Test("An event of another's subject does not teach a name")
    func foreignIdentity() throws {
        var rewriter = EventRewriter()
        let renamed = try rewrite(&rewriter, line("theme.opened", "theme/ander1-8", #"{"title":"A"}"#), 2)
        #expect(renamed.contains(#""subject":"theme/nieuwb-2","#))
        #expect(rewriter.mapping.isEmpty)
    }

    @Test("A line that is no event is an error", arguments: ["", "[]", "{}", #"{"id":7}"#, #"{"type":"a.b""#])
    func broken(text: String) {
        var rewriter = EventRewriter()
        #expect(throws: ReplicaError.self) { try rewrite(&rewriter, Array(text.utf8), 1) }
    }

    @Test("An event nested as deep as the form allows can be renamed")
    func deep() throws {
        var rewriter = EventRewriter()
        let data = #"{"x":"# + String(repeating: "[", count: 31) + "1" + String(repeating: "]", count: 31) + "}"
        let event = line("project.dreamt", "project/oudeaa-7", data)
        var reader = EventReader()
        try event.withUnsafeBufferPointer { _ = try reader.read($0, as: .event) }
        #expect(try rewrite(&rewriter, event, 2).contains(data))
    }
}
