internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import EventLogTesting
internal import LogClient
internal import Projections
internal import SyncClient
internal import SyncProtocol

extension TestedStore {
    /// Stores in memory that do not know what a device has sent.
    static var forgetful: TestedStore { TestedStore { ForgetfulStore(store: InMemoryLogStore(identity: $0)) } }
}

private struct ForgetfulStore: ForwardingLogStore {
    let store: InMemoryLogStore

    func lastCounter(of source: EventSource) throws -> Counter? { nil }
}

/// How the components of canaries go wrong.
extension World {
    /// What a canary does in passing, as one more thing that can happen.
    var canaryChoices: [Choice] {
        guard let canary, !isCalm, let laptop = laptops.last, laptop.sync == nil, !laptop.power.isOff else { return [] }
        switch canary {
        case .forgetsCommit, .doublesBatch, .keepsErased:
            return [Choice(1, canary.rawValue) { world in world.breakOnce { world.disk.arm(canary) } }]
        case .rewritesHistory, .turnsBackTime:
            return [Choice(1, canary.rawValue) { try await $0.rewriteHistory(canary) }]
        case .dropsPending:
            return [Choice(2, canary.rawValue) { try $0.spoilOutbox(of: laptop) }]
        case .skipsVerification:
            return [Choice(2, canary.rawValue) { try $0.installUnverified(on: laptop) }]
        case .foldsWrong:
            return [Choice(4, canary.rawValue) { try $0.foldWrong(on: laptop) }]
        case .losesKey:
            return [Choice(1, canary.rawValue) { world in try world.breakOnce { try laptop.loseKey() } }]
        case .claimsBasis:
            return [Choice(1, canary.rawValue) { try $0.record(on: laptop, basis: 1) }]
        case .mixesOrder:
            return [Choice(1, canary.rawValue) { try $0.recordMixed(on: laptop) }]
        case .givesUpEarly:
            return [
                Choice(1, canary.rawValue) { world in
                    try world.breakOnce { try world.goBack(to: world.disk.past.first) }
                }
            ]
        case .losesProof:
            return laptop.number == 0 ? [] : [Choice(1, "laptop \(laptop.number) is revoked") { try $0.revoke(laptop) }]
        case .answersOtherwise, .misreportsPositions, .settlesBlindly, .keepsPending, .showsOldCheckpoint,
            .refusesForEver, .damagesFile,
            .flipsByte, .forgetsShown, .trustsClock:
            return []
        }
    }

    /// Does it the first time only.
    private func breakOnce(_ body: () throws -> Void) rethrows {
        guard !hasBroken else { return }
        hasBroken = true
        try body()
    }

    private func rewriteHistory(_ canary: Canary) async throws {
        let size = try disk.head().size.rawValue
        guard !hasBroken, size > 20 else { return }
        hasBroken = true
        for server in servers.compactMap({ $0 }) { await crash(server, applying: false) }
        let early = EntrySuffix.bytes(Timestamp(millisecondsSince1970: 1_000_000_000_000))
        disk.replace(
            with: TwinStore(
                disk.store.memory.rewritten(signedBy: disk.key) { position, entry in
                    guard position == Position(size / 2) else { return entry }
                    return canary == .turnsBackTime ? entry.dropLast(early.count) + early : entry.shouting
                }
            )
        )
    }

    /// Whether a laptop's syncs send what waits.
    func sends(_ laptop: Laptop) -> Bool { canary != .keepsPending || laptop !== laptops.last }

    private func spoilOutbox(of laptop: Laptop) throws {
        guard let item = try laptop.store.outbox.pending(after: Counter(0), limit: 1).first else { return }
        try breakOnce {
            try laptop.store.outbox.refuse([Outbox.Refusal(counter: item.counter, code: "none", detail: "none")])
            _ = try laptop.store.outbox.discard([item.counter])
        }
    }

    private func installUnverified(on laptop: Laptop) throws {
        let (size, head) = (try laptop.store.head().size, try disk.head())
        guard head.size > size, head.size.rawValue < Segment.entryCount, let checkpoint = head.checkpoint else {
            return
        }
        try breakOnce {
            let entries = try disk.entries(size.next..<head.size.next).shouting
            _ = try laptop.store.install(VerifiedPull(tail: entries, checkpoint: checkpoint), expecting: size)
            try observe(laptop)
        }
    }

    private func foldWrong(on laptop: Laptop) throws {
        guard try laptop.size > 20 else { return }
        try breakOnce {
            try laptop.reopen { folder in
                let store = try SQLiteLogStore(at: "\(folder)/log.sqlite")
                let file = try StateFile(at: "\(folder)/state.sqlite")
                try file.rebuild(from: ShoutingLog(log: store))
                try file.close()
                try store.close()
            }
        }
    }

    /// Records with a basis that is greater than what was folded by this much.
    private func record(on laptop: Laptop, basis excess: Int) throws {
        try recordLine(on: laptop) { mark, device, counter, basis, time in
            Self.projectLine(mark, device, counter, basis + excess, time)
        }
    }

    /// Records two events, the second before the first.
    private func recordMixed(on laptop: Laptop) throws {
        let (first, second) = (model.nextMark(), model.nextMark())
        let folded = try laptop.replica.state().size().rawValue
        let (device, now) = (try laptop.device, laptop.clock.now)
        _ = try laptop.store.outbox.record(at: now) { next in
            [second, first].enumerated().map { offset, mark in
                Array(Self.projectLine(mark, device, next.rawValue + offset, folded, now).utf8)
            }
        }
        for mark in [first, second] {
            model.record(Recording(mark: mark, laptop: laptop.number, line: "", folded: folded))
        }
    }

    static func projectLine(_ mark: Int, _ device: DeviceID, _ counter: Int, _ basis: Int, _ time: Timestamp) -> String
    {
        let id = device.id
        return #"{"specversion":"1.0","id":"\#(counter)","source":"\#(device)","type":"project.started","#
            + #""subject":"project/\#(id)-\#(counter)","time":"\#(time)","basis":\#(basis),"data":"#
            + #"{"title":"\#(Mark.text(mark))"}}"#
    }

    /// What the network of a canary makes of an answer.
    func spoil(_ answer: Answer, to request: TransportRequest) -> Answer {
        guard let canary, let laptop = laptops.last else { return answer }
        var answer = answer
        let isVictim = laptop.token.map { request.headers["Authorization"] == "Bearer \($0)" } ?? false
        switch (canary, request.method) {
        case (.misreportsPositions, "POST"):
            guard var verdicts = try? ProtocolJSON.decode(PushAnswer.self, from: answer.body),
                !verdicts.accepted.isEmpty
            else { break }
            verdicts.accepted[0].position = max(0, verdicts.accepted[0].position - 1)
            answer.body = verdicts.encoded()
        case (.refusesForEver, "POST") where isVictim:
            answer = Answer(status: 503, headers: ["content-type": "text/plain"], body: [])
        case (.showsOldCheckpoint, "GET") where isVictim && request.path.hasPrefix("/checkpoint"):
            if let note = try? laptop.store.head().checkpoint?.note { answer.body = Array(note.utf8) }
        case (.flipsByte, "GET") where isVictim && request.path.hasPrefix("/events") && !answer.body.isEmpty:
            answer.body[answer.body.count / 2] ^= 1
        default: break
        }
        return answer
    }
}

/// A log in which every recorded text is written otherwise.
private struct ShoutingLog: LogReader {
    let log: any LogReader

    var identity: LogIdentity { log.identity }
    func head() throws -> LogHead { try log.head() }
    func segments(_ numbers: Range<Int>) throws -> [Segment] { try log.segments(numbers) }
    func entries(_ range: Range<Position>) throws -> [UInt8] { try log.entries(range) }
    func checkpoint(atMost size: LogSize) throws -> SignedCheckpoint? { try log.checkpoint(atMost: size) }
    func size(at moment: Timestamp) throws -> LogSize { try log.size(at: moment) }

    func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        try log.forEachBlock(in: range) { first, count, entries in
            try Array(entries).shouting.withUnsafeBufferPointer { try body(first, count, $0) }
        }
    }
}

extension [UInt8] {
    /// The same number of bytes, with another text in them.
    fileprivate var shouting: [UInt8] {
        var bytes = self
        for place in bytes.ranges(of: Array("verzonnen:".utf8)) { bytes[place.lowerBound] = UInt8(ascii: "V") }
        for place in bytes.ranges(of: Array("Voorbeeld".utf8)) { bytes[place.lowerBound] = UInt8(ascii: "v") }
        return bytes
    }
}
