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
    struct List: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(abstract: "List the members (the default).")

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let members = try await place.administer { agenda in
                try agenda.documents(of: "member").map { AgendaMember($0.subject, $0.document) }
            } onReplica: {
                try $0.members()
            }
            if output.json {
                try Output.json(members.map(Answer.init))
            } else {
                Output.table(members.map { [$0.subject, $0.isActive ? $0.role : "left", $0.name] })
            }
        }

        private struct Answer: Encodable {
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
    struct Grant: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: "Give a member a role; one who has left takes part again."
        )

        @Argument(help: "The member, member/….")
        var member: String

        @Argument(help: "auditor, recorder, editor or admin.", transform: Role.init(argument:))
        var role: Role

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let subject = member.contains("/") ? member : "member/\(member)"
            func data(isActive: Bool) -> JSONValue {
                .object(
                    [JSONValue.Member("role", .string(role.rawValue))]
                        + (isActive ? [] : [JSONValue.Member("active", .bool(true))])
                )
            }
            try await place.administer { agenda in
                let isActive = try agenda.store.access().members[subject]?.isActive ?? true
                try await agenda.record(type: "member.granted", subject: subject, data: data(isActive: isActive))
            } onReplica: { replica in
                let isActive = try replica.members().first { $0.subject == subject }?.isActive ?? true
                try await replica.recordAndSend(
                    type: "member.granted",
                    subject: subject,
                    data: data(isActive: isActive)
                )
            }
            if output.json {
                try Output.json(["member": subject, "role": role.rawValue])
            } else {
                Output.line("\(subject) is \(role.rawValue)")
            }
        }
    }

    /// Lets a member go.
    struct Remove: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: "Let a member go: none of their devices has access any more."
        )

        @Argument(help: "The member, member/….")
        var member: String

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let subject = member.contains("/") ? member : "member/\(member)"
            let data = JSONValue.object([JSONValue.Member("active", .bool(false))])
            try await place.administer { agenda in
                try await agenda.record(type: "member.left", subject: subject, data: data)
            } onReplica: { replica in
                try await replica.recordAndSend(type: "member.left", subject: subject, data: data)
            }
            if output.json {
                try Output.json(["member": subject])
            } else {
                Output.line("\(subject) no longer takes part")
            }
        }
    }
}
