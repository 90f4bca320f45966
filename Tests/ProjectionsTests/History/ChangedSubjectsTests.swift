import AgendaModel
import EventLog
import EventLogTesting
import Testing

@testable import Projections

@Suite("Which subjects a part of a log changed")
struct ChangedSubjectsTests {
    @Test("A redaction changes the subject of an earlier entry; one of another position erases nothing")
    func redactions() throws {
        let log = try TestLog()
        log.record("project.started", "project/aaaaaa-1", #"{"title":"Zonneveld","phase":"idea"}"#)
        log.record("theme.opened", "theme/aaaaaa-2", #"{"title":"Zorg"}"#)
        try log.redact([0])
        // In no log that servers wrote, but in one that somebody signed with its key.
        for position in [3, 99_999] {
            log.record("entry.redacted", "entry/\(position)", #"{"reason":"Verzonnen","redacted":true}"#)
        }
        try log.commit()
        let changes = try ChangedSubjects(in: log.store, Position(0)..<log.size.next).changes
        let expected = [
            "theme/aaaaaa-2": 1, "entry/0": 2, "project/aaaaaa-1": 2, "entry/3": 3, "entry/99999": 4,
        ]
        #expect(Dictionary(uniqueKeysWithValues: changes.map { ($0.subject, $0.position.rawValue) }) == expected)
    }
}
