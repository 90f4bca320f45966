import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

@Suite("The check of entries by themselves")
struct EntryCheckTests {
    private static let device: DeviceID = "device/k3j9x2"

    /// An entry of a device that does not exist, recorded so many seconds after a moment.
    private func entry(_ id: Int, _ type: String = "note.added", _ subject: String? = nil, at second: Int? = nil)
        -> [UInt8]
    {
        let draft = Draft(id: id, type: type, subject: subject ?? "note/k3j9x2-\(id)", data: #"{"reason":"verzonnen"}"#)
        let time = Timestamp(millisecondsSince1970: 1_800_000_000_000 + 1_000 * (second ?? id))
        return Array(draft.line(of: Self.device).utf8.dropLast()) + EntrySuffix.bytes(time)
    }

    private func redaction(_ id: Int, of position: Int) -> [UInt8] { entry(id, "entry.redacted", "entry/\(position)") }

    private func erased(_ entry: [UInt8], by redaction: Int) throws -> [UInt8] {
        try entry.lend { try ErasedEntry.replacement(of: $0, redaction: Position(redaction)) }
    }

    private func check(_ entries: [[UInt8]]) throws -> EntryCheck {
        var check = EntryCheck()
        for entry in entries { _ = try entry.lend { try check.take($0) } }
        try check.finish()
        return check
    }

    private func fails(_ position: Int, _ words: String, _ entries: [[UInt8]]) {
        let difference = #expect(throws: LogDifference.self) { try check(entries) }
        #expect(difference?.place == .entry(Position(position)))
        #expect(difference?.message.contains(words) == true, "\(difference?.message ?? "")")
    }

    @Test("entries that follow each other are sound, and their tree is that of Merkle")
    func sound() throws {
        let entries = (1...300).map { entry($0) }
        let check = try check(entries)
        var leaves = entries.map { $0.lend(Merkle.leafHash(of:)) }
        #expect(check.edge.root == Merkle.root(reducing: &leaves))
        #expect(check.sourceNames == [Self.device.rawValue])
    }

    @Test("what is no entry, goes back in time or uses an id again is found, and where")
    func entries() throws {
        fails(1, "is no entry", [entry(1), Array(#"{"specversion":"1.0"}"#.utf8)])
        fails(1, "is no entry", [entry(1), entry(2).dropLast()])
        fails(1, "is no entry", [entry(1), []])
        fails(1, "recorded times never go back", [entry(1), entry(2, at: 0)])
        fails(2, "ids only grow", [entry(1), entry(2), entry(2)])
        fails(2, "ids only grow", [entry(1), entry(5), entry(4, at: 6)])
        _ = try check([entry(1), entry(2, at: 1)])
    }

    @Test("an entry that was erased counts where a later redaction is about exactly it")
    func redactions() throws {
        let whole = [entry(1), entry(2), redaction(3, of: 0), redaction(4, of: 1)]
        let left = [try erased(whole[0], by: 2), try erased(whole[1], by: 3)]
        let both = try check(left + whole[2...])
        #expect(both.erased == 2 && both.kept == 0)
        #expect(try both.edge.root == check(whole).edge.root, "the tree is the same")
        let kept = try check(whole)
        #expect(kept.erased == 0 && kept.kept == 2)

        fails(0, "erased without a redaction", [left[0], whole[1]])
        fails(0, "entry 2, which it names", [left[0], whole[1], whole[3]])
        fails(0, "erased without a redaction", [left[0], whole[1], entry(3)])
        fails(0, "erased without a redaction", [try erased(whole[0], by: 3)] + whole[1...])
        let before = [redaction(1, of: 1), try erased(entry(2), by: 0)]
        fails(1, "erased without a redaction", before)
    }

    @Test("what only looks like the rest of an erased entry is none, and some types are never erased")
    func tombstones() throws {
        let left = String(decoding: try erased(entry(1), by: 1), as: UTF8.self)
        for (part, other) in [
            (#""redaction":1"#, #""redaction":-1"#), (#""erased":["/reason"]"#, #""erased":["reason"]"#),
            (#""erased":["/reason"],"#, ""), (#""redaction":1,"#, ""), ("device/k3j9x2", "device/K"),
        ] {
            fails(0, "is no entry", [Array(left.replacing(part, with: other).utf8), redaction(2, of: 0)])
        }
        let granted = Array(left.replacing("note.added", with: "member.granted").utf8)
        fails(0, "which never is", [granted, redaction(2, of: 0)])
    }

    /// The tree alone would take it: the leaf is the one that it says.
    @Test("canary: without the rule of redactions a server could take any entry away")
    func canary() throws {
        let (first, second) = (entry(1), entry(2))
        var edge = TreeEdge()
        for entry in [try erased(first, by: 7), second] { edge.append(leaf: entry.lend(Merkle.leaf)) }
        #expect(try edge.root == check([first, second]).edge.root)
        fails(0, "erased without a redaction", [try erased(first, by: 7), second])
    }

    @Test("a checkpoint from elsewhere must be on the way of the entries")
    func held() throws {
        let entries = (1...9).map { entry($0) }
        let root = try check(Array(entries[..<5])).edge.root
        func extending(_ size: Int, _ root: Hash) throws {
            var check = EntryCheck(extending: Checkpoint(origin: "o", size: LogSize(size), root: root))
            for entry in entries { _ = try entry.lend { try check.take($0) } }
            try check.finish()
        }
        try extending(5, root)
        #expect(throws: LogDifference.self) { try extending(6, root) }
        #expect(throws: LogDifference.self) { try extending(10, root) }
        try extending(0, Merkle.emptyRoot)
    }
}
