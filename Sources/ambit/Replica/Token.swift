import AgendaModel
import ArgumentParser
import EventLog
import SyncClient
import SyncProtocol
import TypedInput
import Wording

/// `ambit token`: this laptop's token, and those of jobs.
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: .told("Replace this laptop's token, or make one for a job."),
        subcommands: [Renew.self, Create.self]
    )

    /// Makes one for a job.
    struct Create: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: .told("Make a token for a job that needs no laptop; for admins, from a replica."),
            discussion: .told(
                """
                The job becomes a member with one device, in the log like everybody. ambit device list --seen shows it, and \
                when it was last used; ambit device revoke takes its access away. The token is not shown again: keep it \
                where only the job can read it.
                """
            )
        )

        @Option(help: .told("What the job is called, for everybody to know it by."))
        var name: String

        @Option(
            help: .told("What it may do: auditor (read), recorder, editor or admin."),
            transform: Role.init(argument:)
        )
        var role: Role = .auditor

        @Option(
            help: .told(
                "The last day on which it works, in UTC: a day (2027-11-28), or days or weeks from the server's today (365d, 52w).",
                valueName: "day|duration"
            )
        )
        var expires: String?

        @Flag(
            help: .told(
                "It only reads what anybody may of a public agenda: no people, notes, devices, conflicts or history."
            )
        )
        var publicFields = false

        @OptionGroup var replica: ReplicaOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        private func limits(at now: Timestamp) throws -> AccessLimits {
            guard let expires else { return AccessLimits(readsPublicOnly: publicFields) }
            guard let day = DayText.end(expires, from: now) else {
                throw ValidationError(
                    "--expires is a day to come (2027-11-28), or days or weeks from today (365d, 52w)."
                )
            }
            return AccessLimits(expires: day, readsPublicOnly: publicFields)
        }

        func validate() throws {
            // In what form it is; whether the day is over is for the server's clock to say.
            _ = try limits(at: Timestamp(millisecondsSince1970: 0))
            if role == .admin, publicFields {
                throw ValidationError("--public-fields is for what only reads: give the role auditor.")
            }
        }

        func run() async throws {
            let replica = try replica.open()
            defer { replica.close() }
            let (made, known) = try await replica.administering {
                try await $0.makeToken(named: TypedText.name(name), role, limits: limits(at:))
            }
            let loss =
                "the token of \(made.device) is good, and nobody knows it; ambit device revoke \(made.device) takes its access away"
            if output.json {
                var answer = [
                    "device": made.device, "member": made.member, "role": made.role, "token": made.token,
                ]
                answer["expires"] = known.expires
                answer["reads"] = known.readsPublicOnly ? "public" : nil
                return try Output.json(answer, losing: loss)
            }
            Output.line(made.token, losing: loss)
            let given = Vocabulary.value(made.role, of: "role", .spoken)
            Output.note("of \(made.device), \(given); it is not shown again")
            if let day = known.expires { Output.note("its last day is \(Localizer(.spoken).date(day))") }
        }
    }

    /// Replaces it.
    struct Renew: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: .told("Replace this laptop's token; the former one opens nothing any more."),
            discussion: .told("Interrupted, it leaves a token that works, and can be run again.")
        )

        @OptionGroup var replica: ReplicaOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func run() async throws {
            let replica = try replica.open()
            try await replica.renewToken()
            let device = try replica.settings.device
            if output.json {
                try Output.json(["device": device])
            } else {
                Output.say("\(device) has a new token; the former one opens nothing any more")
            }
        }
    }
}
