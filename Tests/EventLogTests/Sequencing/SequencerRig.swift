import AgendaModel
import EventLogTesting
import Synchronization
import Testing

@testable import EventLog

/// A store whose appends go through a closure: to count them, to hold them up, to let them fail.
final class HookedLogStore: ForwardingLogStore {
    typealias Append = @Sendable (_ number: Int, _ append: () throws -> AppendOutcome) throws -> AppendOutcome

    let store: InMemoryLogStore
    private let hook = Mutex<Append?>(nil)
    private let count = Mutex(0)

    init(_ store: InMemoryLogStore) { self.store = store }

    /// From now on appends go through this; their numbers start at 0 again.
    func onAppend(_ append: Append?) {
        count.withLock { $0 = 0 }
        hook.withLock { $0 = append }
    }

    var appendCount: Int { count.withLock { $0 } }

    func append(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome {
        let number = count.withLock { count in
            defer { count += 1 }
            return count
        }
        guard let hook = hook.withLock({ $0 }) else { return try store.append(commit, expecting: size) }
        return try hook(number) { try store.append(commit, expecting: size) }
    }
}

/// An agenda with its sequencer, a clock that only tests move, and devices that are enrolled through invites.
final class SequencerRig: Sendable {
    let store: HookedLogStore
    let key: LogKey
    let clock = Mutex(1_800_000_000_000)
    /// The seconds that have passed, whatever the clock says.
    let passed = Mutex(0)
    private let random = Mutex(SplitMix64(seed: 1))
    private let nextInvite = Mutex(0)

    init() throws {
        key = try LogKey(origin: "log.voorbeeld.nl/agendas/proef", seed: Array(0..<32))
        store = HookedLogStore(
            InMemoryLogStore(identity: LogIdentity(origin: key.origin, verifierKey: key.verifier))
        )
    }

    var environment: RuntimeEnvironment {
        RuntimeEnvironment(
            now: { Timestamp(millisecondsSince1970: self.clock.withLock { $0 }) },
            elapsed: { .seconds(self.passed.withLock { $0 }) },
            random: { count in
                self.random.withLock { random in
                    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
                }
            }
        )
    }

    func start() throws -> Sequencer { try Sequencer(store: store, key: key, environment: environment) }

    /// Gives what has been folded of subjects: always all of the log.
    static func folded(of store: any LogStore) -> FoldedSubjects {
        { subjects, body in
            var state = State()
            guard let size = try? store.head().size, let entries = try? store.entries(size.positions),
                (try? entries.withUnsafeBufferPointer({ try state.fold(block: $0) })) != nil
            else { return nil }
            for subject in subjects { body(subject, state.registers(of: subject)) }
            return size
        }
    }

    /// Adds an invite and gives its code.
    func invite(_ role: Role, member: MemberID? = nil, expires: Int = 1_900_000_000_000) throws -> String {
        let number = nextInvite.withLock { count in
            count += 1
            return count
        }
        let code = "uitnodiging-\(number)"
        try store.add(
            Invite(
                hash: InviteCode.hash(code),
                role: role,
                member: member,
                expires: Timestamp(millisecondsSince1970: expires)
            )
        )
        return code
    }

    func enrol(
        _ sequencer: Sequencer,
        as role: Role,
        member: MemberID? = nil,
        key: [UInt8]? = nil,
        expires: Int = 1_900_000_000_000
    ) async throws -> Enrolled {
        try await sequencer.enrol(
            Enrolment(
                invite: try invite(role, member: member, expires: expires),
                memberName: "Deelnemer",
                deviceName: "Laptop",
                key: key
            )
        )
    }

    /// All entries, without their newlines.
    func entries() throws -> [String] {
        let size = try store.head().size
        let text = String(decoding: try store.entries(Position(0)..<size.next), as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }

    /// Checks that the stored checkpoint is signed and is that of the stored entries.
    func checkTree() throws {
        let head = try store.head()
        var edge = TreeEdge()
        for entry in try entries() { edge.append(leaf: Array(entry.utf8).lend { Merkle.leaf($0) }) }
        let signed = try key.verifier.verify(try #require(head.checkpoint).note)
        #expect(signed.checkpoint.size == head.size)
        #expect(signed.checkpoint.root == edge.root)
    }
}

/// An event as a test writes it.
struct Draft {
    var id: Int
    var type = "project.revised"
    var subject: String
    var data = #"{"title":"Nieuw"}"#
    /// How much of the log its author had seen; nil for all of it with events about members, and for nothing with others.
    var basis: Int?
    var source: DeviceID?

    func line(of device: DeviceID, seeing size: LogSize = .zero) -> String {
        let basis = basis ?? (type.hasPrefix("member.") ? size.rawValue : 0)
        return #"{"specversion":"1.0","id":"\#(id)","source":"\#(source ?? device)","type":"\#(type)","#
            + #""subject":"\#(subject)","time":"2026-11-12T10:11:12.123Z","basis":\#(basis),"data":\#(data)}"#
    }

    /// Starts a project of this device.
    static func start(_ id: Int, by device: DeviceID, title: String = "Warmtenet") -> Draft {
        Draft(
            id: id,
            type: "project.started",
            subject: "project/\(device.id)-\(id)",
            data: #"{"title":"\#(title)"}"#
        )
    }
}

extension Sequencer {
    func push(_ drafts: [Draft], by device: DeviceID) async throws -> PushOutcome {
        let size = head.size
        return try await push(lines: drafts.map { $0.line(of: device, seeing: size) }, by: device)
    }

    func push(lines: [String], by device: DeviceID) async throws -> PushOutcome {
        try await push(Push(source: EventSource(device), body: Array(lines.joined(separator: "\n").utf8)))
    }

    /// A push with `Ambit-Size`.
    func pushFromReplica(_ drafts: [Draft], by device: DeviceID) async throws -> PushOutcome {
        let lines = drafts.map { $0.line(of: device) }.joined(separator: "\n")
        return try await push(Push(source: EventSource(device), body: Array(lines.utf8), isFromReplica: true))
    }
}

extension PushOutcome {
    var problems: [EventProblem.Code] { rejected.map(\.problem.code) }
}
