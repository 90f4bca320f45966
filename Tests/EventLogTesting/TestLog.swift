package import AgendaModel
package import EventLog

/// A log in memory that a test writes event by event.
package final class TestLog {
    package let store: InMemoryLogStore
    private let key: LogKey
    private var edge = TreeEdge()
    private var counters: [String: Int] = [:]
    private var waiting: [[UInt8]] = []
    /// Of the events to come, in milliseconds since 1970.
    package var now = 1_794_000_000_000

    package init(origin: String = "log.example/agendas/assen") throws {
        key = try LogKey(origin: origin, seed: [UInt8](repeating: 7, count: 32))
        store = InMemoryLogStore(identity: LogIdentity(origin: origin, verifierKey: key.verifier))
    }

    package var size: LogSize { edge.size + waiting.count }

    /// Makes the bytes of the device's next event.
    package func event(
        _ type: String,
        _ subject: String,
        _ data: String,
        by device: String = "device/aaaaaa",
        basis: Int? = nil,
        earlier: Int = 0
    ) -> [UInt8] {
        counters[device, default: 0] += 1
        now += 1
        let time = Timestamp(millisecondsSince1970: now - earlier)
        let salt = data.contains("\"text\"") ? ",\"salt\":\"AAAAAAAAAAAAAAAAAAAAAA\"" : ""
        return Array(
            """
            {"specversion":"1.0","id":"\(counters[device] ?? 0)","source":"\(device)","type":"\(type)",\
            "subject":"\(subject)","time":"\(time)","basis":\(basis ?? size.rawValue),"data":\(data)\(salt)}
            """.utf8
        )
    }

    /// Puts an event in the next commit.
    package func record(
        _ type: String,
        _ subject: String,
        _ data: String,
        by device: String = "device/aaaaaa",
        basis: Int? = nil,
        earlier: Int = 0
    ) {
        waiting.append(event(type, subject, data, by: device, basis: basis, earlier: earlier))
    }

    /// Commits what has been recorded since the last commit.
    package func commit() throws {
        guard !waiting.isEmpty else { return }
        try commit(erasing: [])
    }

    /// Commits what has been recorded, and redactions that erase these entries.
    package func redact(_ positions: [Int]) throws {
        try commit()
        var erasures: [Erasure] = []
        for position in positions {
            erasures.append(Erasure(position: Position(position), redaction: size.next))
            record("entry.redacted", "entry/\(position)", #"{"reason":"Verzonnen verzoek"}"#, by: "device/zzzzzz")
        }
        try commit(erasing: erasures)
    }

    private func commit(erasing erasures: [Erasure]) throws {
        let recorded = Timestamp(millisecondsSince1970: now)
        try commit(waiting.map { $0.dropLast() + EntrySuffix.bytes(recorded) }, at: recorded, erasing: erasures)
        waiting = []
    }

    /// Takes entries as they are.
    package func commit(_ entries: [[UInt8]], at recorded: Timestamp, erasing erasures: [Erasure] = []) throws {
        guard !entries.isEmpty else { return }
        let before = edge.size
        for entry in entries { edge.append(leaf: entry.withUnsafeBufferPointer { Merkle.leaf($0) }) }
        let commit = Commit(
            first: before.next,
            count: entries.count,
            recordedTime: recorded,
            entries: entries.flatMap { $0 + [UInt8(ascii: "\n")] },
            runs: Self.runs(of: entries, from: before.next),
            checkpoint: key.sign(size: edge.size, root: edge.root),
            erasures: erasures
        )
        let outcome = try store.append(commit, expecting: before)
        guard outcome == .committed else { throw LogError(.inputOutput, "the commit was not taken") }
    }

    private static func runs(of entries: [[UInt8]], from first: Position) -> [CounterRun] {
        var (runs, reader): ([CounterRun], _) = ([], EventReader())
        for (number, entry) in entries.enumerated() {
            entry.withUnsafeBufferPointer { entry in
                // Some tests have entries that nobody can read.
                guard let attributes = try? reader.read(entry, as: .entry) else { return }
                let source = EventSource(unchecked: String(decoding: entry[attributes.source], as: UTF8.self))
                runs.extend(source: source, counter: attributes.counter, position: first + number)
            }
        }
        return runs
    }

    /// Seals every segment that is complete.
    package func seal() throws {
        let head = try store.head()
        for number in head.sealedSegments..<head.size.wholeSegments {
            let entries = try store.entries(Segment.positions(number))
            try store.seal(entries.withUnsafeBufferPointer { try Segment(number: number, sealing: $0) })
        }
    }

    /// The entries, without newlines.
    package func entries(upTo size: LogSize) throws -> [[UInt8]] {
        try store.entries(Position(0)..<size.next).split(separator: UInt8(ascii: "\n")).map(Array.init)
    }
}

extension TestLog {
    /// Commits rounds in which two devices each start a project and revise one that both know; the names are invented.
    ///
    /// - Parameters:
    ///   - rounds: one commit each.
    ///   - period: in each round of which the number is a multiple of it, neither has seen what was written.
    /// - Throws: what committing throws.
    package func recordConflicts(rounds: Int, every period: Int) throws {
        for number in 1...rounds {
            for device in ["device/aaaaaa", "device/bbbbbb"] {
                let project = "project/\(device.suffix(6))-\(number * 2 - 1)"
                record("project.started", project, #"{"title":"Voorbeeld \#(number)"}"#, by: device)
                let basis = number % period == 0 ? 0 : size.rawValue
                let title = #"{"title":"Van \#(device) \#(number)"}"#
                record("project.revised", "project/aaaaaa-1", title, by: device, basis: basis)
            }
            try commit()
        }
    }

    /// Commits events of several devices that often write the same fields without having seen each other's writes.
    package func fill(_ count: Int, seed: UInt64, committing perCommit: Int = 100) throws {
        var random = SplitMix64(seed: seed)
        for index in 0..<count {
            let device = "device/\(["aaaaaa", "bbbbbb", "cccccc", "dddddd"].randomElement(using: &random) ?? "")"
            let kind = ["project", "measurement", "note", "gadget"].randomElement(using: &random) ?? ""
            let subject = "\(kind)/aaaaaa-\(Int.random(in: 1...60, using: &random))"
            let value = ["\"idea\"", "\"preparation\"", "null", "\(Int.random(in: 0...9, using: &random))", "true"]
            let pairs = ["phase", "title", "value", "text"].filter { _ in Bool.random(using: &random) }
                .map { "\"\($0)\":\(value.randomElement(using: &random) ?? "1")" }
            let nested =
                Bool.random(using: &random) ? ["\"partners\":{\"organisation/a-\(index % 3)\":\"bouwer\"}"] : []
            record(
                "\(kind).revised",
                subject,
                "{\((pairs + nested).joined(separator: ","))}",
                by: device,
                basis: max(0, size.rawValue - Int.random(in: 0...30, using: &random)),
                earlier: Int.random(in: 0...5_000, using: &random)
            )
            if index % perCommit == perCommit - 1 { try commit() }
        }
        try commit()
    }
}
