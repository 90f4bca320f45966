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
                2 days 2 hours in between: offline, or recorded afterwards; had not seen 1200 entries
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
}
