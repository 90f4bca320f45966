import AgendaModel
import Deflate
import EventLog
import LogClient
import SyncClient
import SyncProtocol
import Synchronization

/// An agenda's server in a few lines, whose answers can be lost, cut, changed and refused.
final class FakeServer: Transport {
    /// What goes wrong with the next request that begins so, for example `GET /events`.
    enum Fault {
        /// Nothing arrives at the server.
        case unreachable(LogClientError.Code)
        /// The server does what was asked, but no answer arrives.
        case lostAnswer
        /// Only that many bytes of the answer's body arrive.
        case cut(at: Int)
        /// Another answer, without anything being done.
        case answer(status: Int, headers: [String: String], body: String)
        /// The answer's body as changed on its way.
        case changed(@Sendable ([UInt8]) -> [UInt8])
        /// The request arrives only after this.
        case held(@Sendable () async -> Void)

        /// What the server itself says where nothing is.
        static var notFound: Fault {
            .answer(
                status: 404,
                headers: ["Content-Type": ProtocolConstants.problem],
                body: #"{"type":"/problems/not-found","title":"Not found","status":404}"#
            )
        }
    }

    struct Log {
        var key: LogKey
        var entries: [[UInt8]] = []
        var edge = TreeEdge()
        /// Positions by identity.
        var identities: [String: Int] = [:]
        var serverCounter = 0
        var clock = 1_800_000_000_000
    }

    fileprivate struct State {
        var log: Log
        var devices = 0
        var faults: [(prefix: String, fault: Fault)] = []
        var requests: [String] = []
        var pieceLength = 10_000
        /// Problem names by type of event.
        var refusedTypes: [String: String] = [:]
        var altersNextAccepted = false
        /// Gives a verdict on each event where a counter has been used, as servers of before did.
        var answersReuseByEvent = false
        /// Devices that are not let in any more.
        var revoked: Set<String> = []
        /// Devices enrol with their keys, and so sign.
        var keepsKeys = false
        /// What its answers say of the time.
        var date: Timestamp?
        /// Members by device.
        var members: [String: String] = [:]
    }

    static let origin = "ambit.test/agendas/assen"
    static let url = "https://ambit.test/agendas/assen"

    private let state: Mutex<State>

    init(seed: UInt8 = 7, origin: String = FakeServer.origin) throws {
        let key = try LogKey(origin: origin, seed: Array(repeating: seed, count: 32))
        state = Mutex(State(log: Log(key: key)))
    }

    var size: LogSize { LogSize(state.withLock { $0.log.entries.count }) }
    /// Method, path and query of every request so far.
    var requests: [String] { state.withLock { $0.requests } }

    func log() -> Log { state.withLock { $0.log } }
    func restore(_ log: Log) { state.withLock { $0.log = log } }
    func setPieceLength(_ length: Int) { state.withLock { $0.pieceLength = length } }
    func refuse(_ type: String, problem: String?) { state.withLock { $0.refusedTypes[type] = problem } }

    func keepKeys() { state.withLock { $0.keepsKeys = true } }
    func answerReuseByEvent() { state.withLock { $0.answersReuseByEvent = true } }
    func setDate(_ date: Timestamp?) { state.withLock { $0.date = date } }
    func revoke(_ device: DeviceID) { state.withLock { _ = $0.revoked.insert(device.rawValue) } }

    /// The next event that is pushed enters the log with another character in it.
    func alterNextAccepted() { state.withLock { $0.altersNextAccepted = true } }

    var hasFaults: Bool { state.withLock { !$0.faults.isEmpty } }

    /// The request after the next that begins so.
    func failSecond(_ prefix: String, _ fault: Fault) {
        fail(prefix, .held {})
        fail(prefix, fault)
    }

    func fail(_ prefix: String, _ fault: Fault) {
        state.withLock { $0.faults.append((prefix, fault)) }
    }

    /// Records an event of the server itself.
    func record(_ type: String, _ subject: (Int) -> String, _ data: String, salt: Bool = false) -> String {
        state.withLock { state in state.log.record(type, subject, data, salt: salt) }
    }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let name = "\(request.method) \(request.path)"
        let fault = state.withLock { state -> Fault? in
            state.requests.append(name)
            guard let index = state.faults.firstIndex(where: { name.hasPrefix($0.prefix) }) else { return nil }
            return state.faults.remove(at: index).fault
        }
        switch fault {
        case .unreachable(let code): throw LogClientError(code, "as the test wants")
        case .answer(let status, let headers, let body):
            return TransportResponse(status: status, headers: headers, next: pieces(Array(body.utf8), cut: nil))
        case .lostAnswer:
            _ = try answer(request)
            throw LogClientError(.cut, "as the test wants")
        case .held(let body): await body()
        case .cut, .changed, nil: break
        }
        var (status, type, body) = try answer(request)
        if case .changed(let change) = fault { body = change(body) }
        var cut: Int?
        if case .cut(let at) = fault { cut = at }
        var headers = ["Content-Type": type]
        headers["Date"] = state.withLock { $0.date }.map(HTTPDate.text)
        return TransportResponse(status: status, headers: headers, next: pieces(body, cut: cut))
    }

    private func pieces(_ body: [UInt8], cut: Int?) -> @Sendable () async throws -> [UInt8]? {
        let length = state.withLock { $0.pieceLength }
        let offset = Mutex(0)
        let end = min(cut ?? body.count, body.count)
        return {
            try offset.withLock { offset in
                guard offset < end else {
                    if cut != nil { throw LogClientError(.cut, "as the test wants") }
                    return nil
                }
                let next = min(offset + length, end)
                defer { offset = next }
                return Array(body[offset..<next])
            }
        }
    }

    private func answer(_ request: TransportRequest) throws -> (status: Int, type: String, body: [UInt8]) {
        let path = request.path.split(separator: "?")[0]
        return try state.withLock { state in
            if let refusal = state.refusal(of: request) { return refusal }
            switch (request.method, path) {
            case ("POST", "/devices"): return try state.enrol(request)
            case ("GET", "/checkpoint"): return (200, "text/plain; charset=utf-8", Array(state.log.checkpoint.utf8))
            case ("POST", "/events"): return try state.push(request)
            case ("GET", "/events"): return try state.pull(request)
            default: return problem(.notFound)
            }
        }
    }
}

private func problem(_ type: ProblemType, size: Int? = nil) -> (status: Int, type: String, body: [UInt8]) {
    var details = ProblemDetails(type, "")
    details.size = size
    return (type.status, ProtocolConstants.problem, details.encoded())
}

private func altered(_ line: [UInt8]) -> [UInt8] {
    var line = line
    let index = line.lastIndex(of: UInt8(ascii: "o")) ?? 0
    line[index] = UInt8(ascii: "a")
    return line
}

extension FakeServer.State {
    /// `device/laptop3` has the token `token-3`.
    fileprivate func device(of request: TransportRequest) -> String? {
        guard let value = request.headers["Authorization"], value.hasPrefix("Bearer token-"),
            let number = Int(value.dropFirst("Bearer token-".count)), (1...devices).contains(number)
        else { return nil }
        return "device/laptop\(number)"
    }

    /// What a request is answered whose token does not do.
    fileprivate func refusal(of request: TransportRequest) -> (status: Int, type: String, body: [UInt8])? {
        if request.method == "POST", request.path == "/devices", request.headers["Authorization"] == nil { return nil }
        guard let device = device(of: request) else { return problem(.unauthenticated) }
        return revoked.contains(device) ? problem(.deviceRevoked) : nil
    }

    fileprivate mutating func enrol(_ request: TransportRequest) throws -> (status: Int, type: String, body: [UInt8]) {
        let enrolment = try ProtocolJSON.decode(EnrolmentRequest.self, from: request.body)
        if let key = enrolment.verifierKey, key != log.key.verifier.description { return problem(.otherLog) }
        var role = "admin"
        let member: String
        var continues = ""
        if let former = device(of: request), enrolment.invite == nil {
            member = members[former] ?? ""
            continues = #","continues":"\#(former)""#
        } else {
            guard let invite = enrolment.invite, invite.hasPrefix("invite-") else { return problem(.invalidInvite) }
            role = String(invite.dropFirst("invite-".count))
            member = log.record(
                "member.joined",
                { "member/server-\($0)" },
                #"{"name":"\#(enrolment.member ?? "")","role":"\#(role)","active":true}"#,
                salt: true
            )
        }
        devices += 1
        let key = keepsKeys ? enrolment.key.map { #","key":"\#($0)""# } ?? "" : ""
        let device = log.record(
            "device.enrolled",
            { [devices] _ in "device/laptop\(devices)" },
            #"{"member":"\#(member)"\#(continues)\#(key)}"#
        )
        members[device] = member
        let answer = EnrolmentAnswer(
            device: device,
            token: "token-\(devices)",
            member: member,
            role: role,
            origin: log.key.origin,
            verifierKey: log.key.verifier.description
        )
        return (201, ProtocolConstants.json, try ProtocolJSON.encode(answer))
    }

    fileprivate mutating func push(_ request: TransportRequest) throws -> (status: Int, type: String, body: [UInt8]) {
        if let known = request.headers[ProtocolConstants.sizeHeader].flatMap({ Int($0) }), known > log.entries.count {
            return problem(.aheadOfLog, size: log.entries.count)
        }
        var body = request.body
        if request.headers["Content-Encoding"] == "gzip" {
            body = try body.withUnsafeBufferPointer { try BodyContent.inflate($0) }
        }
        var answer = PushAnswer(
            size: 0,
            checkpoint: "",
            recordedtime: "",
            accepted: [],
            duplicate: [],
            rejected: []
        )
        log.clock += 1_000
        let lines = body.split(separator: UInt8(ascii: "\n")).map { Array($0) }
        guard lines.allSatisfy({ identify($0).identity.hasPrefix("\(device(of: request) ?? "") ") }) else {
            return problem(.notAllowed)
        }
        if request.headers[ProtocolConstants.sizeHeader] != nil, !answersReuseByEvent,
            lines.contains(where: { line in
                log.identities[identify(line).identity].map { !log.holds(line, at: $0) } ?? false
            })
        {
            return problem(.identityReused)
        }
        for (index, line) in lines.enumerated() {
            let (identity, counter, type) = identify(line)
            if let position = log.identities[identity] {
                if log.holds(line, at: position) {
                    answer.duplicate.append(.init(first: counter, last: counter, position: position))
                } else {
                    let reused = ProblemDetails(EventProblem(.identityReused, "other bytes"))
                    answer.rejected.append(.init(id: counter, line: index + 1, problem: reused))
                }
            } else if let refusal = refusedTypes[type] {
                let details = ProblemDetails(
                    type: "/problems/\(refusal)",
                    title: "Refused",
                    detail: "as the test wants"
                )
                answer.rejected.append(.init(id: counter, line: index + 1, problem: details))
            } else {
                log.identities[identity] = log.entries.count
                answer.accepted.append(.init(first: counter, last: counter, position: log.entries.count))
                log.append(altersNextAccepted ? altered(line) : line)
                altersNextAccepted = false
            }
        }
        answer.size = log.entries.count
        answer.checkpoint = log.checkpoint
        return (200, ProtocolConstants.json, answer.encoded())
    }

    private func identify(_ line: [UInt8]) -> (identity: String, counter: String, type: String) {
        line.withUnsafeBufferPointer { bytes in
            var reader = EventReader()
            guard let event = try? reader.read(bytes, as: .event) else { return ("", "", "") }
            let source = String(decoding: bytes[event.source], as: UTF8.self)
            let id = String(event.counter.rawValue)
            return ("\(source) \(id)", id, String(decoding: bytes[event.type], as: UTF8.self))
        }
    }

    fileprivate func pull(_ request: TransportRequest) throws -> (status: Int, type: String, body: [UInt8]) {
        let query = request.path.split(separator: "?")[1].split(separator: "&")
        func value(_ name: String) -> Int { Int(query.first { $0.hasPrefix(name) }!.dropFirst(name.count))! }
        let (after, limit) = (value("after="), value("limit="))
        guard after <= log.entries.count else { return problem(.aheadOfLog, size: log.entries.count) }
        let end = min(after + limit, log.entries.count)
        var body: [UInt8] = []
        var next = after
        while next < end {
            let upTo = min(end, (next / Segment.entryCount + 1) * Segment.entryCount)
            let block = log.entries[next..<upTo].flatMap { $0 + [UInt8(ascii: "\n")] }
            if upTo - next == Segment.entryCount {
                body += try block.withUnsafeBufferPointer { bytes in
                    SegmentMember.bytes(of: try Segment(number: next / Segment.entryCount, sealing: bytes))
                }
            } else {
                body += SegmentMember.bytes(of: block, count: upTo - next, from: Position(next))
            }
            next = upTo
        }
        return (200, ProtocolConstants.members, body)
    }
}

extension FakeServer.Log {
    var checkpoint: String { key.sign(size: LogSize(entries.count), root: edge.root).note }

    func holds(_ event: [UInt8], at position: Int) -> Bool {
        entries[position].withUnsafeBufferPointer { entry in
            event.withUnsafeBufferPointer { EntrySuffix.isEntry(entry, of: $0) }
        }
    }

    mutating func append(_ event: [UInt8]) {
        let entry = event.dropLast() + EntrySuffix.bytes(Timestamp(millisecondsSince1970: clock))
        edge.append(leaf: Array(entry).withUnsafeBufferPointer { Merkle.leaf($0) })
        entries.append(Array(entry))
    }

    mutating func record(_ type: String, _ subject: (Int) -> String, _ data: String, salt: Bool = false) -> String {
        serverCounter += 1
        let name = subject(serverCounter)
        let salting = salt ? #","salt":"AAAAAAAAAAAAAAAAAAAAAA""# : ""
        let time = Timestamp(millisecondsSince1970: clock)
        append(
            Array(
                (#"{"specversion":"1.0","id":"\#(serverCounter)","source":"server","type":"\#(type)","subject":"\#(name)","#
                    + #""time":"\#(time)","basis":\#(entries.count)\#(salting),"data":\#(data)}"#).utf8
            )
        )
        return name
    }
}
