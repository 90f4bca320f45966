import AgendaModel
import Deflate
import EventLog
import LogClient
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

@testable import SyncClient

/// Something on the way that refuses what is sent, without problem details, by what is in it.
struct Box: Transport {
    let base: any Transport
    /// Whether the server gets what the box refuses all the same.
    var letsThrough = false
    let log = Mutexed<[Int]>([])
    /// Gets the bytes as sent, and the lines in them; gives the status of the refusal, or throws instead of an answer.
    let refusal: @Sendable (_ sent: [UInt8], _ lines: String) throws -> Int?

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        guard request.method == "POST", !request.path.hasPrefix("/devices") else { return try await base.send(request) }
        var lines = request.body
        if request.headers["Content-Encoding"] == "gzip" {
            lines = try request.body.withUnsafeBufferPointer { try BodyContent.inflate($0) }
        }
        log.value.withLock { $0.append(request.body.count) }
        let status: Int?
        do {
            status = try refusal(request.body, String(decoding: lines, as: UTF8.self))
        } catch {
            if letsThrough { _ = try await base.send(request) }
            throw error
        }
        guard let status else { return try await base.send(request) }
        if letsThrough { _ = try await base.send(request) }
        return TransportResponse(status: status, headers: ["Content-Type": "text/html"]) { nil }
    }
}

/// A value behind a lock, to be shared by copies.
final class Mutexed<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ value: sending Value) { self.value = Mutex(value) }
}

/// How something in between answers in the server's place, or does not.
enum BoxAnswer: CustomTestStringConvertible, Sendable {
    case status(Int)
    case nothing(LogClientError.Code)

    static let all: [BoxAnswer] =
        [200, 302, 400, 401, 403, 404, 410, 413, 451, 500, 502, 503].map(BoxAnswer.status)
        + [.nothing(.cut), .nothing(.timeout)]

    func status() throws -> Int {
        switch self {
        case .status(let status): return status
        case .nothing(let code): throw LogClientError(code, "as the test wants")
        }
    }

    var testDescription: String {
        switch self {
        case .status(let status): "\(status)"
        case .nothing(let code): code.rawValue
        }
    }
}

@Suite("What something in between does not let through")
struct BoxInBetweenTests {
    let agenda: TestAgenda
    let replica: Replica

    init() async throws {
        agenda = try TestAgenda()
        replica = try await agenda.clone("laptop")
    }

    private func register(_ names: [String]) throws {
        for name in names {
            try replica.record(type: "organisation.registered", data: "{\"name\":\"\(name)\",\"sort\":\"other\"}")
        }
    }

    @Test(
        "One event that is refused blocks nothing: it is passed over, kept and named, and all others are sent",
        arguments: BoxAnswer.all
    )
    func onePassedOver(answer: BoxAnswer) async throws {
        try register((1...40).map { $0 == 23 ? "Verdacht" : "Voorbeeld \($0)" })
        let box = Box(base: agenda.server) { _, lines in lines.contains("Verdacht") ? try answer.status() : nil }
        let summary = try await replica.sync(over: box).finish()
        #expect(summary.accepted == 39 && summary.refused == 0 && summary.notLetThrough == [23])
        #expect(box.log.value.withLock { $0.count } < 40, "events are not sent one by one")
        let refused = try replica.refused()
        #expect(refused.map(\.id) == [23] && refused[0].line.contains("Verdacht"))
        #expect(refused[0].problem == "not-let-through")
        if case .status(let status) = answer { #expect(refused[0].detail.contains("\(status)")) }
        var stands = try replica.status()
        #expect(stands.notLetThrough == [23] && stands.refused == 1 && stands.pending == 0)
        // It is not tried again by itself, and goes on from another network.
        #expect(try await replica.sync(over: box).finish().notLetThrough.isEmpty)
        try replica.retryRefused()
        #expect(try await agenda.sync(replica).accepted == 1)
        stands = try replica.status()
        #expect(stands.notLetThrough.isEmpty && stands.refused == 0 && !stands.changesDevice)
    }

    @Test("A box that takes no more than so many bytes gets everything in pieces")
    func pieces() async throws {
        try register((1...300).map { number in "Voorbeeld \(number * 7_919 % 65_537) \(number * 104_729 % 65_537)" })
        let box = Box(base: agenda.server) { sent, _ in sent.count > 2_000 ? 413 : nil }
        let summary = try await replica.sync(over: box).finish()
        #expect(summary.accepted == 300 && summary.notLetThrough.isEmpty && summary.refused == 0)
        #expect(box.log.value.withLock { $0.contains { $0 > 2_000 } }, "nothing was ever too long")
    }

    @Test(
        "What reached the server although it was said to be refused is in the log, once, and nothing is left here",
        arguments: [BoxAnswer.status(403), .status(502), .nothing(.cut)]
    )
    func reachedAllTheSame(answer: BoxAnswer) async throws {
        try register(["Voorbeeld", "Verdacht", "Voorbeeldig"])
        let box = Box(base: agenda.server, letsThrough: true) { _, lines in
            lines.contains("Verdacht") ? try answer.status() : nil
        }
        let summary = try await replica.sync(over: box).finish()
        _ = try await agenda.sync(replica)
        #expect(summary.deviceChange == nil)
        let names = agenda.server.log().entries.filter { String(decoding: $0, as: UTF8.self).contains("Verdacht") }
        #expect(names.count == 1)
        let stands = try replica.status()
        #expect(stands.refused == 0 && stands.pending == 0 && !stands.changesDevice)
    }

    @Test("A network that cuts most of what is sent sets nothing aside")
    func cutsMost() async throws {
        try register((1...40).map { "Voorbeeld \($0)" })
        let count = Mutexed(0)
        let box = Box(base: agenda.server) { _, _ in
            let number = count.value.withLock {
                $0 += 1
                return $0
            }
            return number.isMultiple(of: 3) ? nil : try BoxAnswer.nothing(.cut).status()
        }
        let summary = try await replica.sync(over: box).finish()
        #expect(summary.accepted == 40 && summary.notLetThrough.isEmpty)
        #expect(count.value.withLock { $0 } > 2, "nothing was cut")
    }

    @Test("A network that refuses all that is sent takes nothing from the outbox", arguments: BoxAnswer.all)
    func refusesEverything(answer: BoxAnswer) async throws {
        try register(["Een", "Twee"])
        let box = Box(base: agenda.server) { _, _ in try answer.status() }
        let error = await failure { try await replica.sync(over: box).finish() }
        #expect(error != nil)
        let stands = try replica.status()
        #expect(stands.pending == 2 && stands.refused == 0)
        #expect(try await agenda.sync(replica).accepted == 2)
    }
}
