import AgendaModel
import ArgumentParser
import EventLog
import SyncClient

/// `ambit member`: who takes part, and what they may do.
struct MemberCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "List the members, give one another role, or let one go.",
        discussion: """
            From an admin's replica, with an event that is sent at once, or with --data and --agenda on the server's data \
            folder, also while it is served. An agenda always keeps an admin.
            """,
        subcommands: [List.self, Grant.self, Remove.self],
        defaultSubcommand: List.self
    )

    /// Lists them.
    struct List: AdministrationCommand {
        static let configuration = CommandConfiguration(abstract: "List the members (the default).")

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        func run(on agenda: ServedAgenda) throws -> [Item] {
            try agenda.documents(of: "member").map { Item(AgendaMember($0.subject, $0.document)) }
        }

        func run(on replica: Replica) throws -> [Item] { try replica.members().map(Item.init) }

        func show(_ members: [Item]) {
            Output.table(members.map { [$0.member, $0.active ? $0.role : "left", $0.name] })
        }

        struct Item: Encodable {
            var member: String
            var name: String
            var role: String
            var active: Bool

            init(_ member: AgendaMember) {
                self.member = member.subject
                name = member.name
                role = member.role
                active = member.isActive
            }
        }
    }

    /// Gives a role.
    struct Grant: AdministrationCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a member a role; one who has left takes part again."
        )

        @Argument(help: "The member, member/….")
        var member: String

        @Argument(help: "auditor, recorder, editor or admin.", transform: Role.init(argument:))
        var role: Role

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        private var subject: String { member.asSubject(of: "member") }
        private var answer: [String: String] { ["member": subject, "role": role.rawValue] }

        func run(on agenda: ServedAgenda) async throws -> [String: String] {
            try await agenda.administration.grant(role, to: MemberID(unchecked: subject))
            return answer
        }

        func run(on replica: Replica) async throws -> [String: String] {
            try await replica.administering { try await $0.grant(role, to: MemberID(unchecked: subject)) }
            return answer
        }

        func show(_: [String: String]) { Output.line("\(subject) is \(role.rawValue)") }
    }

    /// Lets a member go.
    struct Remove: AdministrationCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a member go: none of their devices has access any more."
        )

        @Argument(help: "The member, member/….")
        var member: String

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        private var subject: String { member.asSubject(of: "member") }

        func run(on agenda: ServedAgenda) async throws -> [String: String] {
            try await agenda.administration.remove(MemberID(unchecked: subject))
            return ["member": subject]
        }

        func run(on replica: Replica) async throws -> [String: String] {
            try await replica.administering { try await $0.remove(MemberID(unchecked: subject)) }
            return ["member": subject]
        }

        func show(_: [String: String]) { Output.line("\(subject) no longer takes part") }
    }
}
