import AgendaModel
import Deflate
import EventLog
import Foundation
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
        let lines = try Self.lines(of: request)
        log.value.withLock { $0.append(request.body.count) }
        let status: Int?
        do {
            status = try refusal(request.body, lines)
        } catch {
            if letsThrough { _ = try await base.send(request) }
            throw error
        }
        guard let status else { return try await base.send(request) }
        if letsThrough { _ = try await base.send(request) }
        return TransportResponse(status: status, headers: ["Content-Type": "text/html"]) { nil }
    }

    static func lines(of request: TransportRequest) throws -> String {
        var lines = request.body
        if request.headers["Content-Encoding"] == "gzip" {
            lines = try request.body.withUnsafeBufferPointer { try BodyContent.inflate($0) }
        }
        return String(decoding: lines, as: UTF8.self)
    }

    /// A transport that answers itself where a pull would bring a certain entry.
    struct Down: Transport {
        let base: any Transport
        let position: Int
        let answer: BoxAnswer

        func send(_ request: TransportRequest) async throws -> TransportResponse {
            guard Self.brings(position, request) else { return try await base.send(request) }
            return TransportResponse(status: try answer.status(), headers: ["Content-Type": "text/html"]) { nil }
        }

        /// Whether a request is a pull that the entry at a position is an answer to.
        static func brings(_ position: Int, _ request: TransportRequest) -> Bool {
            guard request.method == "GET", let query = URLComponents(string: request.path),
                query.path.hasSuffix("/events"),
                let after = query.queryItems?.first(where: { $0.name == "after" })?.value.flatMap({ Int($0) }),
                let limit = query.queryItems?.first(where: { $0.name == "limit" })?.value.flatMap({ Int($0) })
            else { return false }
            return (after..<after + limit).contains(position)
        }
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
        [200, 302, 400, 401, 403, 404, 408, 410, 413, 425, 429, 451, 500, 501, 502, 503, 505, 507, 520]
        .map(BoxAnswer.status) + [.cut, .timeout, .malformed].map(BoxAnswer.nothing)

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

    @Test("The server's own form with a type of somebody else is somebody else's answer")
    func gateway() async throws {
        try register(["Voorbeeld", "Verdacht", "Voorbeeldig"])
        struct Gateway: Transport {
            let box: Box

            func send(_ request: TransportRequest) async throws -> TransportResponse {
                let response = try await box.send(request)
                guard response.status == 401 else { return response }
                let problem = #"{"type":"about:blank","title":"Unauthorized","status":401}"#
                let rest = Mutexed<[UInt8]?>(Array(problem.utf8))
                return TransportResponse(status: 401, headers: ["Content-Type": ProtocolConstants.problem]) {
                    rest.value.withLock { $0.take() }
                }
            }
        }
        let box = Box(base: agenda.server) { _, lines in lines.contains("Verdacht") ? 401 : nil }
        let summary = try await replica.sync(over: Gateway(box: box)).finish()
        #expect(summary.accepted == 2 && summary.notLetThrough == [2])
    }

    @Test("What arrives only at the second attempt, and is said to be refused, is not set aside")
    func lateArrival() async throws {
        try register(["Verdacht"])
        let count = Mutexed(0)
        struct Late: Transport {
            let base: any Transport
            let count: Mutexed<Int>

            func send(_ request: TransportRequest) async throws -> TransportResponse {
                guard request.method == "POST", try Box.lines(of: request).contains("Verdacht") else {
                    return try await base.send(request)
                }
                let number = count.value.withLock {
                    $0 += 1
                    return $0
                }
                if number == 2 { _ = try await base.send(request) }
                return TransportResponse(status: 403, headers: ["Content-Type": "text/html"]) { nil }
            }
        }
        let summary = try await replica.sync(over: Late(base: agenda.server, count: count)).finish()
        #expect(count.value.withLock { $0 } == 2 && summary.notLetThrough.isEmpty)
        #expect(try replica.status().pending == 0 && replica.refused().isEmpty)
        let arrived = agenda.server.log().entries.filter { String(decoding: $0, as: UTF8.self).contains("Verdacht") }
        #expect(arrived.count == 1)
    }

    @Test(
        "An entry that something in between does not let down is named, and nothing that is here is lost",
        arguments: [BoxAnswer.status(403), .status(302), .status(502), .nothing(.cut)]
    )
    func notLetDown(answer: BoxAnswer) async throws {
        let other = try await agenda.clone("ander")
        for number in 1...20 {
            try other.record(
                type: "organisation.registered",
                data: "{\"name\":\"\(number == 13 ? "Verdacht" : "Voorbeeld \(number)")\",\"sort\":\"other\"}"
            )
        }
        _ = try await agenda.sync(other)
        try register(["Eigen"])
        let size = try replica.status().size
        let position = try #require(
            agenda.server.log().entries.firstIndex { String(decoding: $0, as: UTF8.self).contains("Verdacht") }
        )
        let down = Box.Down(base: agenda.server, position: position, answer: answer)
        let error = await failure { try await replica.sync(over: down).finish() }
        #expect(error?.message.contains("the entry at position \(position) ") == true)
        #expect(error?.isHeldUpPull == true)
        #expect(try replica.status().size == size && replica.status().pending == 1)
        #expect(try await agenda.sync(replica).accepted == 1)
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
