import Foundation

@testable import AgendaModel

/// SplitMix64: the same numbers for the same seed everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Any JSON value, as Foundation reads it.
enum ReferenceJSON: Decodable, Hashable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([ReferenceJSON])
    case object([String: ReferenceJSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([ReferenceJSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: ReferenceJSON].self))
        }
    }

    init(_ bytes: some Sequence<UInt8>) throws { self = try JSONDecoder().decode(Self.self, from: Data(bytes)) }

    subscript(name: String) -> ReferenceJSON? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The leaves below this object, by pointer.
    func leaves(below path: String = "") -> [String: ReferenceJSON] {
        guard case .object(let members) = self else { return [path: self] }
        return members.reduce(into: [:]) { leaves, member in
            let piece = member.key.replacing("~", with: "~0").replacing("/", with: "~1")
            leaves.merge(member.value.leaves(below: "\(path)/\(piece)")) { left, _ in left }
        }
    }
}

/// A log in which devices sync now and then, clocks are wrong, and the same fields are written again and again.
struct GeneratedLog {
    private(set) var entries: [String] = []

    init(seed: UInt64, count: Int) {
        var random = SeededGenerator(seed: seed)
        let devices = ["device/aaaaaa", "device/aaaaaab", "device/bbbbbb", "server"]
        var counters = [0, 0, 0, 0]
        var seen = [0, 0, 0, 0]
        for position in 0..<count {
            let device = Int.random(in: 0..<devices.count, using: &random)
            counters[device] += Int.random(in: 1...3, using: &random)
            if Int.random(in: 0..<3, using: &random) == 0 {
                seen[device] = Int.random(in: seen[device]...position, using: &random)
            }
            let recorded = 1_794_478_272_000 + position / 3
            let time = Timestamp(millisecondsSince1970: recorded + Int.random(in: -5...5, using: &random))
            let subject = "project/s\(Int.random(in: 0..<5, using: &random))"
            entries.append(
                #"{"specversion":"1.0","id":"\#(counters[device])","source":"\#(devices[device])","#
                    + #""type":"project.revised","subject":"\#(subject)","time":"\#(time)","basis":\#(seen[device]),"#
                    + #""data":\#(Self.patch(&random)),"#
                    + #""recordedtime":"\#(Timestamp(millisecondsSince1970: recorded))"}"#
            )
        }
    }

    private static func patch(_ random: inout SeededGenerator) -> String {
        let values = [
            "1", "1.0", "10e-1", "2.5", "true", "false", "null", #""a""#, #""\u0061""#, #""é\n""#, "[]",
            "[1,{\"b\":1,\"a\":2}]",
            #"[1.0,{"a":2,"b":1}]"#, #""een langere tekst die in een ander blok past""#,
        ]
        func member(_ name: String) -> String { "\"\(name)\":\(values.randomElement(using: &random)!)" }
        let names = ["title", "phase", "a~b", "c/d", "\\u0065", "é"].shuffled(using: &random)
        var members = names.prefix(Int.random(in: 0...3, using: &random)).map(member)
        if Bool.random(using: &random) {
            let inner = ["x", "y", "z"].filter { _ in Bool.random(using: &random) }.map(member)
            members.append("\"map\":{\(inner.joined(separator: ","))}")
        } else if Int.random(in: 0..<8, using: &random) == 0 {
            members.append(member("map"))
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// The entries from one position up to another as a block.
    func block(_ range: Range<Int>) -> [UInt8] { entries[range].flatMap { Array($0.utf8) + [0x0A] } }
}

/// The fold as the specification words it, without a thought for speed.
struct ReferenceFold {
    struct Write: Hashable {
        var position: Int
        var basis: Int
        var source: String
        var counter: Int
        var time: String
        var value: ReferenceJSON
    }

    var writes: [String: [String: [Write]]] = [:]
    var heads: [String: [String: [Write]]] = [:]

    init(_ entries: [String]) throws {
        for (position, entry) in entries.enumerated() {
            let event = try ReferenceJSON(entry.utf8)
            guard case .number(let basis)? = event["basis"], let source = event["source"]?.text,
                let counter = event["id"]?.text.flatMap({ Int($0) }), let time = event["time"]?.text,
                let recorded = event["recordedtime"]?.text, let subject = event["subject"]?.text
            else { fatalError("the generator made no event") }
            heads[subject, default: [:]] = heads[subject] ?? [:]
            for (path, value) in event["data"]!.leaves() {
                let write = Write(
                    position: position,
                    basis: Int(basis),
                    source: source,
                    counter: counter,
                    time: min(time, recorded),
                    value: value
                )
                writes[subject, default: [:]][path, default: []].append(write)
                heads[subject]![path, default: []].removeAll { $0.source == source || $0.position < write.basis }
                heads[subject]![path]!.append(write)
            }
        }
    }

    /// The heads of a register, the shown one first.
    func ranked(_ subject: String, _ path: String) -> [Write] {
        heads[subject]![path]!.sorted { left, right in
            if left.time != right.time { return left.time > right.time }
            if left.source != right.source { return left.source > right.source }
            return left.counter > right.counter
        }
    }

    func document(of subject: String) -> ReferenceJSON {
        var document = ReferenceJSON.object([:])
        // Shorter paths first: an object takes the place of a value.
        for path in heads[subject]!.keys.sorted(by: { $0.utf8.count < $1.utf8.count }) {
            guard let shown = ranked(subject, path).first?.value, shown != .null else { continue }
            let pieces: [String] = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
                String($0).replacing("~1", with: "/").replacing("~0", with: "~")
            }
            document = Self.setting(shown, at: pieces[...], in: document)
        }
        return document
    }

    private static func setting(_ value: ReferenceJSON, at path: ArraySlice<String>, in target: ReferenceJSON)
        -> ReferenceJSON
    {
        guard let name = path.first else { return value }
        var members: [String: ReferenceJSON] = [:]
        if case .object(let existing) = target { members = existing }
        members[name] = setting(value, at: path.dropFirst(), in: members[name] ?? .null)
        return .object(members)
    }
}
