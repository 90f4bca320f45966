import AgendaModel
import EventLogTesting
import SyncClient
import Testing

@Suite("Settling conflicts")
struct ClientSettleTests {
    let agenda: TestAgenda

    init() throws {
        agenda = try TestAgenda()
    }

    private func laptops(_ count: Int, role: String = "editor") async throws -> [Replica] {
        var laptops: [Replica] = []
        for index in 1...count { laptops.append(try await agenda.clone("laptop-\(index)", role: role)) }
        return laptops
    }

    private func syncAll(_ laptops: [Replica]) async throws {
        for laptop in laptops + laptops { try await _ = agenda.sync(laptop) }
    }

    /// A subject whose fields the laptops have written without having seen each other.
    private func conflict(
        _ creating: (type: String, data: String),
        _ writes: [(type: String, data: String)],
        on laptops: [Replica]
    ) async throws -> String {
        let subject = try laptops[0].record(type: creating.type, data: creating.data).subject
        try await syncAll(laptops)
        for (laptop, write) in zip(laptops, writes) {
            try laptop.record(type: write.type, subject: subject, data: write.data)
        }
        try await syncAll(laptops)
        return subject
    }

    private func phases(on laptops: [Replica]) async throws -> String {
        try await conflict(
            ("project.started", #"{"title":"Voorbeeldproject","phase":"idea"}"#),
            [
                ("project.advanced", #"{"phase":"realisation","reason":"een"}"#),
                ("project.completed", #"{"phase":"completed","reason":"twee"}"#),
                ("project.halted", #"{"phase":"halted","reason":"drie"}"#),
            ],
            on: laptops
        )
    }

    @Test("Every order in which laptops sync ends with the settled value and no conflict", arguments: 0..<6)
    func orders(order: Int) async throws {
        let laptops = try await laptops(3)
        let project = try await phases(on: laptops)
        for laptop in laptops {
            #expect(try laptop.conflicts().map(\.path) == ["/phase", "/reason"])
            #expect(try laptop.conflicts()[0].values.map(\.number) == [1, 2, 3])
            #expect(try laptop.conflicts() == laptops[0].conflicts())
        }
        let settled = try laptops[1].settle(project, .take(2))
        let value = try #require(settled.fields.first?.value)
        #expect(try laptops[1].conflicts().isEmpty)
        var rest = laptops
        let first = rest.remove(at: order / 2)
        if order % 2 == 1 { rest.swapAt(0, 1) }
        try await syncAll([first] + rest)
        for laptop in laptops {
            #expect(try laptop.conflicts().isEmpty)
            #expect(try laptop.document(of: project)?.document.contains(#""phase":\#(value)"#) == true)
            #expect(try laptop.digest() == laptops[0].digest())
            #expect(try laptop.registers(of: project).allSatisfy { $0.heads.count == 1 })
        }
    }

    @Test("A value that has not been sent is part of the conflict, and is settled like the others")
    func pendingHead() async throws {
        let laptops = try await laptops(2)
        let project = try laptops[0].record(type: "project.started", data: #"{"title":"Een"}"#).subject
        try await syncAll(laptops)
        try laptops[0].record(type: "project.revised", subject: project, data: #"{"title":"Twee"}"#)
        try await _ = agenda.sync(laptops[0])
        // Recorded after the push and before the pull has brought the other value.
        let late = laptops[1]
        agenda.server.fail(
            "GET /events",
            .held { _ = try? late.record(type: "project.revised", subject: project, data: #"{"title":"Drie"}"#) }
        )
        agenda.server.fail("POST /events", .notFound)
        _ = await failure { try await agenda.sync(late) }
        let values = try #require(try late.conflicts(of: project).first?.values)
        #expect(values.compactMap(\.value).sorted() == [#""Drie""#, #""Twee""#])
        let mine = try #require(values.first { $0.value == #""Drie""# })
        #expect(mine.position == nil && mine.recordedTime == nil)
        #expect(try mine.source == EventSource(late.settings.device))
        #expect(mine.time == mine.deviceTime)
        #expect(mine.memberName == "laptop-2")
        let other = try #require(values.first { $0.value == #""Twee""# })
        try late.settle(project, paths: ["/title"], .take(other.number), expecting: [late.conflicts()[0].mark])
        #expect(try late.conflicts().isEmpty)
        try await syncAll(laptops)
        for laptop in laptops {
            #expect(try laptop.conflicts().isEmpty)
            #expect(try laptop.document(of: project)?.document == #"{"title":"Twee"}"#)
        }
    }

    @Test("The type is the one that can write the field, with what else it must have, for the kind and the value")
    func types() async throws {
        let laptops = try await laptops(2)
        let theme = try laptops[0].record(type: "theme.opened", data: #"{"title":"Voorbeeldthema"}"#).subject
        let indicator = try laptops[0].record(
            type: "indicator.defined",
            data: #"{"name":"Banen","unit":"banen","aggregation":"sum"}"#
        ).subject
        try await syncAll(laptops)
        let plain = #"{"title":"Voorbeeld"}"#
        let inTheme = #"{"title":"Voorbeeld","theme":"\#(theme)"}"#
        let value = #"{"indicator":"\#(indicator)","value":1,"on":"2026-01-01"}"#
        let pointer = indicator.replacing("/", with: "~1")
        let cases:
            [(
                creating: (String, String), writes: [(String, String)], paths: [String]?, choice: SettlementChoice,
                types: [String], data: [String]
            )] = [
                (
                    ("project.started", plain),
                    [("project.revised", #"{"budget":1}"#), ("project.revised", #"{"budget":2}"#)],
                    ["/budget"], .keep, ["project.revised"], [#"{"budget":2}"#]
                ),
                (
                    ("project.started", plain),
                    [("project.advanced", #"{"phase":"idea"}"#), ("project.halted", #"{"phase":"halted"}"#)],
                    ["phase"], .value(.string("realisation")), ["project.advanced"], [#"{"phase":"realisation"}"#]
                ),
                (
                    ("project.started", #"{"title":"A","location":{"name":"B"}}"#),
                    [
                        ("project.revised", #"{"location":{"name":"C"},"end":"2026-01-01"}"#),
                        ("project.revised", #"{"location":{"name":null},"end":null}"#),
                    ],
                    nil, .value(.null), [], []
                ),
                (
                    ("project.started", #"{"title":"A","location":{"name":"B"}}"#),
                    [
                        ("project.revised", #"{"location":{"name":"C"},"end":"2026-01-01"}"#),
                        ("project.revised", #"{"location":{"name":null},"end":null}"#),
                    ],
                    nil, .keep, ["project.revised"], [#"{"end":null,"location":{"name":null}}"#]
                ),
                (
                    ("project.started", plain),
                    [("project.revised", #"{"title":"B"}"#), ("project.revised", #"{"title":"C"}"#)], ["/title"],
                    .value(.null), [], []
                ),
                (
                    ("ambition.proposed", inTheme),
                    [
                        ("ambition.targeted", #"{"targets":{"\#(indicator)":{"quantity":1}},"reason":"a"}"#),
                        ("ambition.targeted", #"{"targets":{"\#(indicator)":{"quantity":2}},"reason":"b"}"#),
                    ],
                    ["/targets/\(pointer)/quantity", "/reason"], .take(2), ["ambition.targeted"],
                    [#"{"targets":{"\#(indicator)":{"quantity":1}},"reason":"a"}"#]
                ),
                (
                    ("ambition.proposed", inTheme),
                    [
                        ("ambition.adopted", #"{"status":"adopted","reason":"a"}"#),
                        ("ambition.adopted", #"{"status":"adopted","reason":"b"}"#),
                    ],
                    ["/reason"], .keep, ["ambition.adopted"], [#"{"reason":"b","status":"adopted"}"#]
                ),
                (
                    ("measurement.recorded", value),
                    [
                        ("measurement.corrected", #"{"value":2,"reason":"a"}"#),
                        ("measurement.corrected", #"{"value":3,"reason":"b"}"#),
                    ],
                    nil, .keep, ["measurement.corrected"], [#"{"reason":"b","value":3}"#]
                ),
                (
                    ("ask.raised", inTheme),
                    [("ask.answered", #"{"status":"granted"}"#), ("ask.withdrawn", #"{"status":"withdrawn"}"#)],
                    nil, .take(2), ["ask.answered"], [#"{"status":"granted"}"#]
                ),
                (
                    ("project.started", plain),
                    [
                        ("project.completed", #"{"phase":"completed","reason":"a"}"#),
                        ("project.revised", #"{"summary":"b"}"#),
                    ],
                    nil, .keep, [], []
                ),
            ]
        for (index, item) in cases.enumerated() {
            let subject = try await conflict(item.creating, item.writes, on: laptops)
            let before = try laptops[0].status().pending
            do {
                let settlement = try laptops[0].settle(subject, paths: item.paths, item.choice)
                let lines = try settlement.events.map { try JSONValue(parsing: $0.line) }
                #expect(lines.map { $0["type"]?.text } == item.types, "case \(index)")
                #expect(lines.map { $0["data"]?.compact } == item.data, "case \(index)")
            } catch let error as ReplicaError {
                #expect(item.types.isEmpty, "case \(index): \(error)")
                #expect([.cannotSettle, .invalidEvent, .noConflict].contains(error.code), "case \(index): \(error)")
                #expect(try laptops[0].status().pending == before)
            }
        }
    }

    @Test("Fields that no single type writes take several events, recorded together")
    func severalEvents() async throws {
        let laptops = try await laptops(2)
        let project = try await conflict(
            ("project.started", #"{"title":"Voorbeeld","phase":"idea"}"#),
            [
                ("project.advanced", #"{"phase":"preparation"}"#), ("project.advanced", #"{"phase":"realisation"}"#),
            ],
            on: laptops
        )
        try laptops[0].record(type: "project.revised", subject: project, data: #"{"title":"A","summary":"A"}"#)
        try laptops[1].record(type: "project.revised", subject: project, data: #"{"title":"B","summary":"B"}"#)
        try await syncAll(laptops)
        #expect(try laptops[0].conflicts().map(\.path) == ["/phase", "/summary", "/title"])
        let settlement = try laptops[0].settle(project, .keep, reason: "overlegd")
        let lines = try settlement.events.map { try JSONValue(parsing: $0.line) }
        #expect(lines.map { $0["type"]?.text } == ["project.revised", "project.advanced"])
        #expect(lines.map { $0["data"]?["reason"]?.text } == [nil, "overlegd"])
        #expect(settlement.events[1].id == settlement.events[0].id + 1)
        try await syncAll(laptops)
        #expect(try laptops[1].conflicts().isEmpty)
    }

    @Test("A reason that no type would take is refused, and nothing is recorded")
    func reason() async throws {
        let laptops = try await laptops(2)
        let project = try await conflict(
            ("project.started", #"{"title":"Voorbeeld"}"#),
            [("project.revised", #"{"title":"A"}"#), ("project.revised", #"{"title":"B"}"#)],
            on: laptops
        )
        let error = #expect(throws: ReplicaError.self) { try laptops[0].settle(project, .keep, reason: "overlegd") }
        #expect(error?.code == .cannotSettle)
        #expect(error?.message.contains("project.revised") == true)
        #expect(try laptops[0].status().pending == 0)
    }

    @Test("A role that may not write the type is told which one is needed")
    func role() async throws {
        let laptops = try await laptops(2)
        let recorder = try await agenda.clone("meter", role: "recorder")
        let theme = try await conflict(
            ("theme.opened", #"{"title":"Voorbeeld"}"#),
            [("theme.revised", #"{"title":"A"}"#), ("theme.revised", #"{"title":"B"}"#)],
            on: laptops
        )
        try await _ = agenda.sync(recorder)
        let error = #expect(throws: ReplicaError.self) { try recorder.settle(theme, .keep) }
        #expect(error?.code == .notAllowed)
        #expect(error?.message.contains("editor") == true)
    }

    @Test("The basis is what was looked at: what comes later is a conflict again")
    func laterWrite() async throws {
        let laptops = try await laptops(3)
        let project = try await conflict(
            ("project.started", #"{"title":"Voorbeeld"}"#),
            [("project.revised", #"{"title":"A"}"#), ("project.revised", #"{"title":"B"}"#)],
            on: Array(laptops[..<2])
        )
        let mark = try laptops[0].conflicts()[0].mark
        try await _ = agenda.sync(laptops[2])
        try laptops[0].settle(project, .keep, expecting: [mark])
        try laptops[2].record(type: "project.revised", subject: project, data: #"{"title":"C"}"#)
        try await _ = agenda.sync(laptops[2])
        // The third value replaces A and B, which its author had seen; the settlement had not seen the third.
        try await syncAll(laptops)
        let values = try laptops[1].conflicts()[0].values
        #expect(values.compactMap(\.value).sorted() == [#""B""#, #""C""#])
        let error = #expect(throws: ReplicaError.self) { try laptops[1].settle(project, .keep, expecting: [mark]) }
        #expect(error?.code == .conflictChanged)
        try laptops[1].settle(project, .keep, expecting: [laptops[1].conflicts()[0].mark])
        try await syncAll(laptops)
        #expect(try laptops[0].conflicts().isEmpty)
    }
}

@Suite("Settled registers, over generated logs")
struct SettledRegisterTests {
    /// Writes of several devices to few registers, with bases of any age; then one that has seen everything.
    @Test(
        "A write whose basis covers all heads leaves one head, here and overlaid",
        arguments: 0..<200 as Range<UInt64>
    )
    func oneHead(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var state = State()
        var counters: [String: Int] = [:]
        func line(_ device: String, _ path: String, _ value: String, basis: Int, recorded: Int?) -> [UInt8] {
            counters[device, default: 0] += 1
            let time = Timestamp(millisecondsSince1970: 1_800_000_000_000 + Int(random.next() % 100_000))
            let suffix = recorded.map { ",\"recordedtime\":\"\(Timestamp(millisecondsSince1970: $0))\"" } ?? ""
            return Array(
                (#"{"specversion":"1.0","id":"\#(counters[device] ?? 1)","source":"\#(device)","type":"project.revised","#
                    + #""subject":"project/aaaaaa-1","time":"\#(time)","basis":\#(basis),"data":{"\#(path)":\#(value)}\#(suffix)}"#)
                    .utf8
            )
        }
        let devices = ["device/aaaaaa", "device/bbbbbb", "device/cccccc", "device/dddddd"]
        let paths = ["title", "summary"]
        let count = 2 + Int(random.next() % 40)
        for index in 0..<count {
            let basis = Int(random.next() % UInt64(index + 1))
            let value = random.next() % 4 == 0 ? "null" : "\"\(random.next() % 5)\""
            let entry = line(
                devices[Int(random.next() % 4)],
                paths[Int(random.next() % 2)],
                value,
                basis: basis,
                recorded: 1_800_000_000_000 + index
            )
            try entry.withUnsafeBufferPointer { _ = try state.fold(entry: $0) }
        }
        var pending = state
        for register in state.registers(of: "project/aaaaaa-1") {
            let name = String(register.path.dropFirst())
            let value = register.heads[Int(random.next() % UInt64(register.heads.count))].value
            let text = value.map { String(decoding: $0, as: UTF8.self) } ?? "null"
            let event = line("device/eeeeee", name, text, basis: count, recorded: nil)
            try event.withUnsafeBufferPointer { _ = try pending.overlay(event: $0) }
            let entry = event.dropLast() + Array(",\"recordedtime\":\"2027-02-01T00:00:00.000Z\"}".utf8)
            try Array(entry).withUnsafeBufferPointer { _ = try state.fold(entry: $0) }
            for settled in [state, pending] {
                let after = settled.registers(of: "project/aaaaaa-1").first { $0.path == register.path }
                #expect(after?.heads.count == 1, "seed \(seed)")
                #expect(after?.heads.first?.value == value, "seed \(seed)")
            }
        }
        // The check can fail: a basis that does not cover all heads leaves those that it does not cover.
        if let last = state.registers(of: "project/aaaaaa-1").first {
            let blind = line(
                "device/ffffff",
                String(last.path.dropFirst()),
                "\"x\"",
                basis: 0,
                recorded: 1_900_000_000_000
            )
            try blind.withUnsafeBufferPointer { _ = try state.fold(entry: $0) }
            let heads = state.registers(of: "project/aaaaaa-1").first { $0.path == last.path }?.heads
            #expect(heads?.count == 2)
        }
    }
}
