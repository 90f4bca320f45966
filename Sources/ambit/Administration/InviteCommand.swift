import AgendaModel
import ArgumentParser
import EventLog
import LogClient
import SyncClient
import SyncProtocol
import SyncServer
import Wording

/// `ambit invite`: let somebody in.
struct InviteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: .told("Make an invite, which lets one laptop in, once; list and take back those that are open."),
        discussion: .told(
            """
            From an admin's replica over HTTP, or with --data and --agenda on the server's data folder, also while it is \
            served.
            """
        ),
        subcommands: [Make.self, List.self, Withdraw.self],
        defaultSubcommand: Make.self
    )

    /// Makes one.
    struct Make: AdministrationCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: .told("Make an invite (the default).")
        )

        @Option(
            help: .told("What the new member may do: auditor, recorder, editor or admin."),
            transform: Role.init(argument:)
        )
        var role: Role = .recorder

        @Option(help: .told("For another laptop of this member, who keeps their role.", valueName: "member/…"))
        var member: String?

        @Option(help: .told("How many days it works.", valueName: "days"))
        var days: Int = InviteCode.usualDays

        @OptionGroup var place: AdministrationPlace
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func validate() throws {
            guard InviteCode.days.contains(days) else {
                throw ValidationError(
                    "An invite works \(InviteCode.days.lowerBound) to \(InviteCode.days.upperBound) days."
                )
            }
        }

        private var subject: MemberID? { member.map { MemberID(written: $0) } }

        func run(on agenda: ServedAgenda) async throws -> Answer {
            let role = subject == nil ? role : nil
            let invite = try await agenda.administration.invite(
                role,
                member: subject,
                days: days
            )
            return Answer(InviteAnswer(invite), at: nil)
        }

        func run(on replica: Replica) async throws -> Answer {
            let invite = try await replica.administering { try await $0.invite(role, member: subject, days: days) }
            return Answer(invite, at: try replica.settings.url)
        }

        func loss(of answer: Answer) -> String? { InviteCode.loss(of: answer.invite) }

        func show(_ answer: Answer) {
            Output.line(answer.link ?? answer.invite, losing: loss(of: answer))
            let role = Vocabulary.value(answer.role, of: "role", .spoken)
            Output.note("for one \(role), until \(answer.expires); it is not shown again")
        }

        struct Answer: Encodable {
            var invite: String
            /// What `clone` and `rejoin` take alone; where the agenda's address is known.
            var link: String?
            var role: String
            var expires: String

            init(_ answer: InviteAnswer, at url: String?) {
                invite = answer.code
                link = url.map { InviteLink(address: $0, code: answer.code).text }
                role = answer.role
                expires = answer.expires
            }
        }
    }

    /// Lists those that are open.
    struct List: AdministrationCommand {
        static let configuration = CommandConfiguration(
            abstract: .told("List the invites that are neither used nor expired, and which device made each."),
            discussion: .told("One that a device made lets somebody in only while that device is an admin's.")
        )

        @OptionGroup var place: AdministrationPlace
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func run(on agenda: ServedAgenda) throws -> [InviteList.Item] {
            try InviteList(of: agenda.administration).invites
        }

        func run(on replica: Replica) async throws -> [InviteList.Item] {
            try await replica.administration().invites()
        }

        func show(_ invites: [InviteList.Item]) {
            guard !invites.isEmpty else { return Output.say("no open invites") }
            Output.table(
                invites.map { invite in
                    let localizer = Localizer(.spoken)
                    let maker = invite.device.map { localizer.message(.byDevice, ["device": $0]) }
                    let role = Vocabulary.value(invite.role, of: "role", localizer.language)
                    let end = localizer.message(.pageUntil, ["time": invite.expires])
                    let state = invite.void == true ? localizer.message(.inviteVoid) : nil
                    let origin = [maker ?? localizer.message(.byServer), state].compactMap(\.self)
                    return [invite.id, role, invite.member ?? "", end, origin.joined(separator: "; ")]
                }
            )
        }
    }

    /// Takes one back.
    struct Withdraw: AdministrationCommand {
        static let configuration = CommandConfiguration(
            abstract: .told("Take an invite back; it lets nobody in any more.")
        )

        @Argument(help: .told("The invite, as ambit invite list shows it."))
        var invite: String

        @OptionGroup var place: AdministrationPlace
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func run(on agenda: ServedAgenda) throws -> [String: String] {
            try agenda.administration.withdrawInvite(invite)
            return ["withdrawn": invite]
        }

        func run(on replica: Replica) async throws -> [String: String] {
            try await replica.administration().withdrawInvite(invite)
            return ["withdrawn": invite]
        }

        func show(_: [String: String]) { Output.say("\(invite) lets nobody in any more") }
    }
}
