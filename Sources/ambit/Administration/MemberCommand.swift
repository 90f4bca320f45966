import AgendaModel
import ArgumentParser
import EventLog
import SyncClient
import Wording

/// `ambit member`: who takes part, and what they may do.
struct MemberCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: .told("List the members, give one another role, or let one go."),
        discussion: .told(
            """
            From an admin's replica, with an event that is sent at once, or with --data and --agenda on the server's data \
            folder, also while it is served. An agenda always keeps an admin.
            """
        ),
        subcommands: [List.self, Grant.self, Remove.self],
        defaultSubcommand: List.self
    )

    /// Lists them.
    struct List: AdministrationCommand {
        static let configuration = CommandConfiguration(abstract: .told("List the members (the default)."))

        @OptionGroup var place: AdministrationPlace
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func run(on agenda: ServedAgenda) throws -> [Item] {
            try agenda.documents(of: "member").map { Item(AgendaMember($0.subject, $0.document)) }
        }

        func run(on replica: Replica) throws -> [Item] { try replica.members().map(Item.init) }

        func show(_ members: [Item]) {
            Output.table(
                members.map { member in
                    let role = Vocabulary.value(member.role, of: "role", .spoken)
                    return [member.member, member.active ? role : Message.memberLeft.text(.spoken), member.name]
                }
            )
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
    struct Grant: SubjectDecision {
        static let configuration = CommandConfiguration(
            abstract: .told("Give a member a role; one who has left takes part again.")
        )

        @Argument(help: .told("The member, member/…."))
        var member: String

        @Argument(help: .told("auditor, recorder, editor or admin."), transform: Role.init(argument:))
        var role: Role

        @OptionGroup var place: AdministrationPlace
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        private var subject: MemberID { MemberID(written: member) }
        var decision: [String: String] { ["member": subject.rawValue, "role": role.rawValue] }

        func decide(with administration: Administration) async throws {
            try await administration.grant(role, to: subject)
        }

        func decide(with administration: ReplicaAdministration) async throws {
            try await administration.grant(role, to: subject)
        }

        func show(_: [String: String]) { Output.say("\(subject) has the role \(role.rawValue) now") }
    }

    /// Lets a member go.
    struct Remove: SubjectDecision {
        static let configuration = CommandConfiguration(
            abstract: .told("Let a member go: none of their devices has access any more.")
        )

        @Argument(help: .told("The member, member/…."))
        var member: String

        @OptionGroup var place: AdministrationPlace
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        private var subject: MemberID { MemberID(written: member) }
        var decision: [String: String] { ["member": subject.rawValue] }

        func decide(with administration: Administration) async throws { try await administration.remove(subject) }

        func decide(with administration: ReplicaAdministration) async throws {
            try await administration.remove(subject)
        }

        func show(_: [String: String]) { Output.say("\(subject) no longer takes part") }
    }
}
