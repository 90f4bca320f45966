import AgendaModel
import Projections
import Testing

@testable import Wording

@Suite("Events in words")
struct LocalizerTests {
    private let project = "project/k3j9x2-4"

    private func event(_ changes: [FieldChange], unseen: Int = 0, redaction: Position? = nil) throws -> HistoryEvent {
        HistoryEvent(
            position: Position(495),
            counter: Counter(17),
            type: "project.completed",
            subject: project,
            author: Author(source: "device/k3j9x2", deviceName: "laptop 2", member: "member/b", memberName: "Bert"),
            deviceTime: try #require(Timestamp("2026-11-10T08:00:00.000Z")),
            recordedTime: try #require(Timestamp("2026-11-12T10:11:12.123Z")),
            basis: LogSize(400),
            unseen: unseen,
            redaction: redaction,
            changes: changes,
            titles: [project: "Energietuin"]
        )
    }

    private func json(_ text: String) -> FieldValue { .json(Array(text.utf8)) }

    @Test("An event says what happened, who did it, when, what was not known, and what became of each field")
    func event() throws {
        let other = FieldChange.Write(
            position: Position(494),
            counter: Counter(3),
            author: Author(source: "device/aaaaaa", memberName: "Anna"),
            value: json(#""realisation""#)
        )
        var change = FieldChange(
            path: "/phase",
            before: json(#""preparation""#),
            after: json(#""completed""#),
            written: json(#""completed""#),
            conflict: .opened,
            others: [other]
        )
        change.conflict = .opened
        let shown = try event([change], unseen: 1200)
        #expect(
            Localizer(.dutch).describe(shown).text == """
                project Energietuin (k3j9x2-4): afgerond
                door Bert op laptop 2
                daar vastgelegd op 10-11-2026 08:00:00 UTC, in het logboek sinds 12-11-2026 10:11:12 UTC; \
                2 dagen 2 uur daartussen: offline, of achteraf vastgelegd; had 1.200 gebeurtenissen niet gezien
                fase: voorbereiding → afgerond
                conflict ontstaan over fase: had niet gezien realisatie door Anna op device/aaaaaa (gebeurtenis 494)
                """
        )
        #expect(
            Localizer(.english).describe(shown).text == """
                project Energietuin (k3j9x2-4): completed
                by Bert on laptop 2
                recorded there at 2026-11-10 08:00:00 UTC, committed at 2026-11-12 10:11:12 UTC; \
                2 days 2 hours in between: offline, or recorded afterwards; had not seen 1,200 entries
                phase: preparation → completed
                conflict opened on phase: had not seen realisation by Anna on device/aaaaaa (entry 494)
                """
        )
    }

    @Test("Values that stay, go, come and are not shown are told apart")
    func changes() throws {
        let (idea, halted) = (json(#""idea""#), json(#""halted""#))
        let description = Localizer(.dutch).describe(
            try event([
                FieldChange(path: "/phase", before: idea, after: idea, written: idea),
                FieldChange(path: "/phase", before: idea, after: .absent, written: .absent),
                FieldChange(path: "/phase", before: .absent, after: idea, written: idea),
                FieldChange(path: "/phase", before: idea, after: idea, written: halted),
            ])
        )
        #expect(
            description.changes.map { $0[1] } == [
                "idee (zoals het was)", "idee → (leeg)", "idee", "stilgelegd, maar getoond wordt idee",
            ]
        )
    }

    @Test("An event whose values were erased says so")
    func erased() throws {
        let change = FieldChange(path: "/phase", before: json(#""idea""#), after: .erased, written: .erased)
        let shown = try event([change], redaction: Position(512))
        #expect(Localizer(.dutch).describe(shown).conflicts == ["de waarden zijn gewist door gebeurtenis 512"])
        #expect(Localizer(.dutch).describe(shown).changes == [["fase", "idee → (gewist)"]])
        #expect(Localizer(.english).describe(shown).conflicts == ["the values were erased by entry 512"])
        #expect(Localizer(.english).describe(shown).changes == [["phase", "idea → (erased)"]])
    }

    @Test("With an event only so many other values are told, for people and for programs", arguments: [16, 17, 400])
    func manyOthers(count: Int) throws {
        let others = (0..<count).map { number in
            FieldChange.Write(
                position: Position(number),
                counter: Counter(1),
                author: Author(source: "device/aaaaaa"),
                value: json("\"waarde \(number)\"")
            )
        }
        let change = FieldChange(
            path: "/title",
            before: .absent,
            after: json(#""nieuw""#),
            written: json(#""nieuw""#),
            conflict: .remains,
            others: others
        )
        var writer = JSONWriter(capacity: 1024)
        writer.event(try event([change]), Localizer(.english))
        guard case .array(let changes)? = try JSONValue(parsing: writer.bytes)["changes"], let found = changes.first,
            case .array(let told)? = found["others"]
        else {
            Issue.record("no change is told")
            return
        }
        #expect(told.count == 16)
        #expect(found["othersMore"] == (count > 16 ? .number("\(count - 16)") : nil))
        let text = Localizer(.english).describe(try event([change])).text
        #expect(text.contains("waarde 15 ") && !text.contains("waarde 16 "))
        #expect(text.contains("and \(count - 16) more") == (count > 16))
        #expect(Localizer(.dutch).describe(try event([change])).text.contains("en nog \(count - 16)") == (count > 16))
    }

    @Test("Values that differ in nothing that can be seen are said to")
    func lookTheSame() throws {
        let (composed, decomposed) = (json("\"Caf\u{E9}\""), json("\"Cafe\u{301}\""))
        func text(_ before: FieldValue, _ after: FieldValue) throws -> String {
            let change = FieldChange(path: "/title", before: before, after: after, written: after)
            return Localizer(.english).describe(try event([change])).text
        }
        #expect(try text(composed, decomposed).contains("look the same"))
        #expect(try !text(composed, json(#""Cafe""#)).contains("look the same"))
        #expect(!Localizer.lookTheSame(["a", "a", "b"]))
        for other in ["Plein\u{A0}Noord", "Plein  Noord", "Plein Noord ", "Plein\u{2800}Noord", "Plein Noord\u{FE0F}"] {
            #expect(Localizer.lookTheSame(["Plein Noord", other]), "\(other)")
            #expect(Localizer.lookTheSame(json: ["\"Plein Noord\"", "\"\(other)\""]), "\(other)")
        }
        #expect(!Localizer.lookTheSame(["Plein Noord", "PleinNoord", "Plein\nNoord"]))
    }
}
