import AgendaModel
import EventLog
import EventLogTesting
import Testing

@testable import Projections

@Suite("Texts in columns")
struct ColumnTextTests {
    private let texts = [
        "", "\u{0}", "\u{0}\u{0}", "\u{0}\u{1}", "\u{1}", "\u{1}\u{0}", "\u{2}", "a", "a\u{0}", "a\u{0}b", "a\u{1}b",
        "a\u{2}b", "aé",
    ]

    @Test("A text is what was stored, in no other's place, and in its order")
    func order() throws {
        let stored = texts.map(ColumnText.stored)
        #expect(stored.map(ColumnText.text) == texts)
        #expect(stored.allSatisfy { !$0.utf8.contains(0) })
        for (first, one) in texts.enumerated() {
            for (second, other) in texts.enumerated() {
                #expect(
                    stored[first].utf8.lexicographicallyPrecedes(stored[second].utf8)
                        == one.utf8.lexicographicallyPrecedes(other.utf8)
                )
            }
        }
        for broken in ["\u{1}", "a\u{1}", "\u{1}a", "\u{1}\u{3}"] { #expect(ColumnText.text(of: broken) == nil) }
    }

    @Test("Several texts in one column are what was stored, in no others' place, and in their order")
    func several() throws {
        let rows = texts.flatMap { first in texts.map { [first, $0] } }
        let stored = rows.map { ColumnText.stored($0) }
        #expect(stored.map { ColumnText.texts(of: $0) } == rows)
        #expect(Set(stored).count == rows.count)
        for (index, one) in rows.enumerated() {
            for (other, another) in rows.enumerated() where one[0] == another[0] {
                #expect(
                    stored[index].utf8.lexicographicallyPrecedes(stored[other].utf8)
                        == one[1].utf8.lexicographicallyPrecedes(another[1].utf8)
                )
            }
        }
        for broken in ["\u{1}", "a\u{1}\u{4}"] { #expect(ColumnText.texts(of: broken) == nil) }
        #expect(ColumnText.texts(of: "") == [""] && ColumnText.text(of: ColumnText.stored(["a", "b"])) == nil)
    }

    @Test("A log is folded and read whatever its texts hold")
    func anyText() throws {
        let folder = try TestFolder()
        let log = try TestLog()
        log.record("alien.landed", "alien/aaaaaa-1", #"{"x":1}"#)
        try log.commit()
        for (device, value) in [("device/bbbbbb", 1), ("device/cccccc", 2)] {
            log.record(
                "alien.moved",
                "alien/aaaaaa-1",
                "{\"a\\u0000b\":\(value),\"a\\u0000c\":\(value)}",
                by: device,
                basis: 1
            )
        }
        for (number, indicator) in [(2, "a\\u0000b"), (3, "a\\u0000c")] {
            log.record(
                "measurement.recorded",
                "measurement/aaaaaa-\(number)",
                "{\"indicator\":\"indicator/\(indicator)\",\"value\":\(number),\"on\":\"2026-11-01\"}"
            )
        }
        try log.commit()
        let path = folder.file("state.sqlite")
        let file = try StateFile(at: path)
        try file.catchUp(with: log.store)
        #expect(try file.conflicts().map(\.register.path) == ["/a\u{0}b", "/a\u{0}c"])
        let pages = try file.read { view in
            let first = try view.conflictPage(limit: 1)
            let after = first.first.map { ConflictPlace(subject: $0.subject, path: $0.register.path) }
            return first + (try view.conflictPage(after: after, limit: 10))
        }
        #expect(pages.map(\.register.path) == ["/a\u{0}b", "/a\u{0}c"])
        _ = try file.read { try $0.progress() }
        try file.close()
        // What is stored is what follows from the entries.
        let check = try StateFileCheck(reading: path)
        var entries = EntryCheck()
        let block = try log.store.entries(Position(0)..<log.size.next)
        try block.withUnsafeBufferPointer { bytes in
            try Lines.forEach(in: bytes) { line in
                let entry = try entries.take(UnsafeBufferPointer(rebasing: bytes[line]))
                try check.take(entry, entries.edge, of: log.store.identity)
            }
        }
        _ = try check.finish()
    }
}
