import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import SyncServer

/// `ambit invite`: let somebody in.
struct InviteCommand: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Make an invite, which lets one laptop in, once; on the server's data folder, also while it runs."
    )

    @Option(help: "The agenda.")
    var agenda: String

    @Option(help: "What the new member may do: auditor, recorder, editor or admin.", transform: Role.init(argument:))
    var role: Role = .recorder

    @Option(help: ArgumentHelp("For another laptop of this member, who keeps their role.", valueName: "member/…"))
    var member: String?

    @Option(help: ArgumentHelp("How many days it works.", valueName: "days"))
    var days: Int = InviteCode.usualDays

    @OptionGroup var server: DataOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard InviteCode.days.contains(days) else {
            throw ValidationError("An invite works \(InviteCode.days.lowerBound) to \(InviteCode.days.upperBound) days.")
        }
    }

    func run() throws {
        let store = try DataFolder(at: server.data).openLog(agenda)
        var role = role
        if let member {
            guard let found = try store.access().members[member], found.isActive else {
                throw Failure("\(member) is no active member of \(agenda).", code: "unknown-subject")
            }
            role = found.role
        }
        let invite = try NewInvite(role: role, member: member, days: days, in: store)
        try store.close()
        if output.json {
            try Output.json(Answer(invite: invite.code, role: role.rawValue, expires: invite.expires.description))
        } else {
            Output.line(invite.code)
            Output.note("for one \(role.rawValue), until \(invite.expires); it is not shown again")
        }
    }

    private struct Answer: Encodable {
        var invite: String
        var role: String
        var expires: String
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
    let code: String
    let expires: Timestamp

    init(role: Role, member: String?, days: Int, in store: any LogStore) throws {
        let environment = Sequencer.Environment.system
        code = InviteCode.make(random: environment.random)
        expires = Timestamp(millisecondsSince1970: environment.now().millisecondsSince1970 + days * 86_400_000)
        try store.add(Invite(hash: InviteCode.hash(code), role: role, member: member, expires: expires))
    }
}
