import AgendaModel
import ArgumentParser
import EventLog
import SyncClient
import SyncProtocol
import SyncServer

/// `ambit invite`: let somebody in.
struct InviteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Make an invite, which lets one laptop in, once; list and take back those that are open.",
        discussion: """
            From an admin's replica over HTTP, or with --data and --agenda on the server's data folder, also while it is \
            served.
            """,
        subcommands: [Make.self, List.self, Withdraw.self],
        defaultSubcommand: Make.self
    )

    /// Makes one.
    struct Make: AdministrationCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Make an invite (the default)."
        )

        @Option(
            help: "What the new member may do: auditor, recorder, editor or admin.",
            transform: Role.init(argument:)
        )
        var role: Role = .recorder

        @Option(help: ArgumentHelp("For another laptop of this member, who keeps their role.", valueName: "member/…"))
        var member: String?

        @Option(help: ArgumentHelp("How many days it works.", valueName: "days"))
        var days: Int = InviteCode.usualDays

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard InviteCode.days.contains(days) else {
                throw ValidationError(
                    "An invite works \(InviteCode.days.lowerBound) to \(InviteCode.days.upperBound) days."
                )
            }
        }

        private var subject: MemberID? { member.map { MemberID(unchecked: $0.asSubject(of: "member")) } }

        func run(on agenda: ServedAgenda) async throws -> Answer {
            let role = subject == nil ? role : nil
            let invite = try await agenda.administration.invite(
                role,
                member: subject,
                days: days
            )
            return Answer(InviteAnswer(invite))
        }

        func run(on replica: Replica) async throws -> Answer {
            Answer(try await replica.administering { try await $0.invite(role, member: subject, days: days) })
        }

        func show(_ answer: Answer) {
            Output.line(answer.invite)
            Output.note("for one \(answer.role), until \(answer.expires); it is not shown again")
        }

        struct Answer: Encodable {
            var invite: String
            var role: String
            var expires: String

            init(_ answer: InviteAnswer) {
                invite = answer.code
                role = answer.role
                expires = answer.expires
            }
        }
    }

    /// Lists those that are open.
    struct List: AdministrationCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the invites that are neither used nor expired, and which device made each.",
            discussion: "One that a device made lets somebody in only while that device is an admin's."
        )

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        func run(on agenda: ServedAgenda) throws -> [InviteList.Item] {
            try agenda.administration.openInvites().map(InviteList.Item.init)
        }

        func run(on replica: Replica) async throws -> [InviteList.Item] {
            try await replica.administration().invites()
        }

        func show(_ invites: [InviteList.Item]) {
            guard !invites.isEmpty else { return Output.line("no open invites") }
            Output.table(
                invites.map { invite in
                    let maker = invite.device.map { "by \($0)" } ?? "by the server"
                    return [invite.id, invite.role, invite.member ?? "", "until \(invite.expires)", maker]
                }
            )
        }
    }

    /// Takes one back.
    struct Withdraw: AdministrationCommand {
        static let configuration = CommandConfiguration(abstract: "Take an invite back; it lets nobody in any more.")

        @Argument(help: "The invite, as ambit invite list shows it.")
        var invite: String

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        func run(on agenda: ServedAgenda) throws -> [String: String] {
            try agenda.administration.withdrawInvite(invite)
            return ["withdrawn": invite]
        }

        func run(on replica: Replica) async throws -> [String: String] {
            try await replica.administration().withdrawInvite(invite)
            return ["withdrawn": invite]
        }

        func show(_: [String: String]) { Output.line("\(invite) lets nobody in any more") }
    }
}
