import AgendaModel
import EventLogTesting
import Testing

@testable import SyncClient

@Suite("Which events settle")
struct ClientWritePlanTests {
    private let agenda: TestAgenda
    private let replica: Replica

    init() async throws {
        agenda = try TestAgenda()
        replica = try await agenda.clone("laptop")
    }

    /// A value that a type may write to a field, at the path of one of its leaves.
    private func sample(
        of field: Catalogue.Field,
        by type: Catalogue.EventType
    ) throws -> (path: String, value: JSONValue) {
        let narrowing = type.narrowings[field.name]
        if let value = narrowing?.values.first { return ("/\(field.name)", try JSONValue(parsing: value)) }
        let leaf = try sample(field.form, at: "/\(field.name)")
        return narrowing?.removal == .only ? (leaf.path, .null) : leaf
    }

    private func sample(_ form: Catalogue.Form, at path: String) throws -> (path: String, value: JSONValue) {
        switch form {
        case .string: (path, .string("tekst"))
        case .number, .integer: (path, .number("7"))
        case .boolean, .present: (path, .bool(true))
        case .date: (path, .string("2026-01-02"))
        case .reference(let kind): (path, .string("\(kind ?? "agenda")/x-1"))
        case .oneOf(let words): (path, .string(words[0]))
        case .object(let fields): try sample(fields[0].form, at: "\(path)/\(fields[0].name)")
        case .map(let key, let value): try sample(value, at: "\(path)/\(key)~1x-1")
        }
    }

    private func register(_ path: String, _ values: [JSONValue]) -> Register {
        let heads = values.enumerated().map { index, value in
            Head(
                position: Position(index),
                source: EventSource(unchecked: "device/aaaaa\(index)"),
                counter: Counter(1),
                time: Timestamp(millisecondsSince1970: 0),
                value: value == .null ? nil : Array(value.compact.utf8)
            )
        }
        return Register(path: path, heads: heads)
    }

    private func plan(
        _ kind: Catalogue.Kind,
        _ registers: [Register],
        _ writes: [(path: String, value: JSONValue)],
        role: Role? = .admin,
        reason: String? = nil
    ) throws -> [WritePlan.Event] {
        let writes = try writes.map { write in
            WritePlan.Write(path: write.path, names: try #require(JSONPointer.names(write.path)), value: write.value)
        }
        let plan = WritePlan(kind: kind, role: role, registers: registers, writes: writes, reason: reason)
        let subject = kind.name == "entry" ? "entry/1" : kind.name == "device" ? "device/bbbbbb" : "\(kind.name)/x-1"
        var events: [WritePlan.Event] = []
        _ = try replica.recording { composer, _ in
            events = try plan.events { event in
                composer.problem(with: EventDraft(type: event.type, subject: subject, data: event.data))
            }
            return []
        }
        return events
    }

    @Test("Whatever a type that does not create can write settles a conflict, with one event that writes just that")
    func everything() throws {
        var count = 0
        for kind in Catalogue.current.kinds {
            for type in kind.types where !type.isCreating && type.writers.role != nil {
                let fields = type.fields.compactMap(kind.field(named:))
                for field in fields {
                    let (path, value) = try sample(of: field, by: type)
                    var registers = [register(path, [value, .string("anders")])]
                    for other in fields where other.name != field.name {
                        let (path, value) = try sample(of: other, by: type)
                        registers.append(register(path, [value]))
                    }
                    let events = try plan(kind, registers, [(path, value)])
                    #expect(events.count == 1, "\(type.name) \(field.name)")
                    let event = try #require(events.first)
                    let chosen = try #require(kind.types.first { $0.name == event.type })
                    guard case .object(let members) = event.data else { continue }
                    #expect(Set(members.map(\.name)) == Set(chosen.required).union([field.name]), "\(event.type)")
                    count += 1
                }
            }
        }
        #expect(count > 80, "of \(count) fields of types")
    }

    @Test("The same conflict is settled by the same events, in whatever order the fields are named")
    func deterministic() throws {
        let kind = try #require(Catalogue.current.kind(named: "project"))
        let writes: [(path: String, value: JSONValue)] = [
            ("/phase", .string("completed")), ("/reason", .string("a")), ("/title", .string("b")), ("/end", .null),
        ]
        let registers = writes.map { register($0.path, [$0.value, .string("anders")]) }
        let first = try plan(kind, registers, writes)
        #expect(first.map(\.type) == ["project.completed", "project.revised"])
        var random = SplitMix64(seed: 3)
        for _ in 0..<20 {
            let events = try plan(kind, registers.shuffled(using: &random), writes.shuffled(using: &random))
            #expect(events.map(\.type) == first.map(\.type))
        }
    }

    @Test("Without a role that is known here the server decides")
    func unknownRole() throws {
        let kind = try #require(Catalogue.current.kind(named: "agenda"))
        let registers = [register("/title", [.string("a"), .string("b")])]
        #expect(try plan(kind, registers, [("/title", .string("a"))], role: nil).map(\.type) == ["agenda.revised"])
        let error = #expect(throws: ReplicaError.self) {
            try plan(kind, registers, [("/title", .string("a"))], role: .editor)
        }
        #expect(error?.code == .notAllowed)
    }

    @Test(
        "Pointers are taken apart as RFC 6901 says",
        arguments: [
            ("/a", ["a"]), ("/a/b~1c~0d", ["a", "b/c~d"]), ("/", [""]), ("/a//b", ["a", "", "b"]), ("/~01", ["~1"]),
            ("", nil), ("a", nil), ("/a~", nil), ("/a~2", nil),
        ] as [(String, [String]?)]
    )
    func pointers(text: String, names: [String]?) {
        #expect(JSONPointer.names(text) == names)
    }

    @Test(
        "Merge patches do what RFC 7396 says",
        arguments: [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
            (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#), (#"["a"]"#, #"["b"]"#, #"["b"]"#),
            ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
            (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
            (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        ]
    )
    func patches(value: String, patch: String, expected: String) throws {
        #expect(try JSONValue(parsing: value).merged(with: JSONValue(parsing: patch)).compact == expected)
    }
}

@Suite("Generated work on several laptops, with conflicts settled all the while")
struct SettledHistoryTests {
    @Test("Whatever was settled last everywhere leaves one head and one state", arguments: 0..<12 as Range<UInt64>)
    func histories(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let agenda = try TestAgenda()
        var laptops: [Replica] = []
        for index in 1...3 { laptops.append(try await agenda.clone("laptop-\(index)", role: "editor")) }
        var subjects: [String] = []
        for index in 1...3 {
            let data = #"{"title":"Voorbeeld \#(index)","phase":"idea"}"#
            subjects.append(try laptops[0].record(type: "project.started", data: data).subject)
        }
        for laptop in laptops { try await _ = agenda.sync(laptop) }
        let writes = [
            ("project.revised", ["title", "summary"]), ("project.advanced", ["phase", "reason"]),
            ("project.completed", ["phase", "end"]),
        ]
        var settled = 0
        for step in 0..<60 {
            let laptop = laptops[Int(random.next() % 3)]
            let subject = subjects[Int(random.next() % 3)]
            switch random.next() % 10 {
            case 0..<5:
                let (type, fields) = writes[Int(random.next() % 3)]
                let phase = type == "project.completed" ? "completed" : ["idea", "preparation"][step % 2]
                let members = fields.map { field in
                    let value = ["phase": phase, "end": "2027-01-0\(1 + step % 9)"][field] ?? "waarde \(step)"
                    return JSONValue.Member(field, .string(value))
                }
                try laptop.record(type: type, subject: subject, data: .object(members))
            case 5..<8: try await _ = agenda.sync(laptop)
            default:
                let open = try laptop.conflicts(of: subject)
                guard let conflict = open.first else { continue }
                let number = 1 + Int(random.next() % UInt64(conflict.values.count))
                do {
                    try laptop.settle(subject, paths: [conflict.path], .take(number), expecting: [conflict.mark])
                    #expect(try !laptop.conflicts(of: subject).contains { $0.path == conflict.path }, "seed \(seed)")
                    settled += 1
                } catch {
                    // A reason cannot be written without the phase that is in conflict with it.
                    #expect(error.code == .cannotSettle && conflict.path != "/phase", "seed \(seed): \(error)")
                }
            }
        }
        for laptop in laptops + laptops { try await _ = agenda.sync(laptop) }
        let open = try laptops[2].conflicts()
        #expect(try laptops[0].conflicts() == open, "seed \(seed)")
        for subject in Set(open.map(\.subject)) { try laptops[2].settle(subject, .keep) }
        for laptop in laptops.reversed() + laptops { try await _ = agenda.sync(laptop) }
        for laptop in laptops {
            #expect(try laptop.conflicts().isEmpty, "seed \(seed)")
            #expect(try laptop.digest() == laptops[0].digest(), "seed \(seed)")
            for conflict in open {
                let register = try laptop.registers(of: conflict.subject).first { $0.path == conflict.path }
                #expect(register?.heads.count == 1, "seed \(seed)")
            }
        }
        #expect(settled + open.count > 0, "seed \(seed) had no conflict at all")
    }
}
