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
    struct Make: AsyncParsableCommand, JSONCapable {
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

        func run() async throws {
            let member = member.map { $0.contains("/") ? $0 : "member/\($0)" }
            let invite = try await place.administer { agenda in
                try NewInvite(role: role, member: member, days: days, in: agenda).answer
            } onReplica: { replica in
                let role = try member.map { try replica.role(ofMember: $0) } ?? role
                return try await replica.administration().invite(role, member: member, days: days)
            }
            if output.json {
                try Output.json(Answer(invite: invite.code, role: invite.role, expires: invite.expires))
            } else {
                Output.line(invite.code)
                Output.note("for one \(invite.role), until \(invite.expires); it is not shown again")
            }
        }

        private struct Answer: Encodable {
            var invite: String
            var role: String
            var expires: String
        }
    }

    /// Lists those that are open.
    struct List: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: "List the invites that are neither used nor expired, and which device made each.",
            discussion: "One that a device made lets somebody in only while that device is an admin's."
        )

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let invites = try await place.administer { agenda in
                try agenda.store.invites(usableAt: Sequencer.Environment.system.now()).map(InviteList.Item.init)
            } onReplica: { replica in
                try await replica.administration().invites()
            }
            if output.json {
                try Output.json(invites)
            } else if invites.isEmpty {
                Output.line("no open invites")
            } else {
                Output.table(
                    invites.map { invite in
                        let maker = invite.device.map { "by \($0)" } ?? "by the server"
                        return [invite.id, invite.role, invite.member ?? "", "until \(invite.expires)", maker]
                    }
                )
            }
        }
    }

    /// Takes one back.
    struct Withdraw: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(abstract: "Take an invite back; it lets nobody in any more.")

        @Argument(help: "The invite, as ambit invite list shows it.")
        var invite: String

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await place.administer { agenda in
                let open = try agenda.store.invites(usableAt: Sequencer.Environment.system.now())
                guard let found = open.first(where: { $0.id == invite }),
                    try agenda.store.withdrawInvite(hash: found.hash)
                else { throw Failure("No open invite is called \(invite).", code: "unknown-subject") }
            } onReplica: { replica in
                try await replica.administration().withdrawInvite(invite)
            }
            if output.json {
                try Output.json(["withdrawn": invite])
            } else {
                Output.line("\(invite) lets nobody in any more")
            }
        }
    }
}

extension InviteList.Item {
    fileprivate init(_ invite: Invite) {
        self.init(
            id: invite.id,
            role: invite.role.rawValue,
            member: invite.member,
            expires: "\(invite.expires)",
            device: invite.device
        )
    }
}

extension Role {
    /// Reads what a person wrote.
    init(argument: String) throws {
        guard let role = Role(rawValue: argument) else {
            let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no role \(argument); the roles are \(roles)")
        }
        self = role
    }
}

/// An invite that has just been made: the only moment when its code is known.
struct NewInvite {
    let answer: InviteAnswer

    init(role: Role, member: String?, days: Int, in store: any LogStore) throws {
        let environment = Sequencer.Environment.system
        let code = InviteCode.make(random: environment.random)
        let expires = Timestamp(millisecondsSince1970: environment.now().millisecondsSince1970 + days * 86_400_000)
        try store.add(Invite(hash: InviteCode.hash(code), role: role, member: member, expires: expires))
        answer = InviteAnswer(code: code, role: role.rawValue, member: member, expires: "\(expires)")
    }

    /// For a member, with the role that they have.
    init(role: Role, member: String?, days: Int, in agenda: ServedAgenda) throws {
        let role = try member.map { try agenda.member($0).role } ?? role
        try self.init(role: role, member: member, days: days, in: agenda.store)
    }
}

extension Replica {
    /// The role that a member has, as far as this laptop knows.
    fileprivate func role(ofMember subject: String) throws -> Role {
        guard let member = try members().first(where: { $0.subject == subject && $0.isActive }),
            let role = Role(rawValue: member.role)
        else { throw Failure("\(subject) is no active member of \(settings.agenda).", code: "unknown-subject") }
        return role
    }
}
