import AgendaModel
import ArgumentParser
import EventLog
import Wording

/// `ambit members`: who had which role, and since when.
struct MembersCommand: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "members",
        abstract: .told(
            "Show who takes part, which roles they had over time, and who let them in, now or at an earlier day."
        ),
        discussion: .told(
            """
            ambit members --at 2026-03-31

            It is read from the log, so it works where only the log is. ambit member grants roles.
            """
        )
    )

    @Option(help: .told("As it was at this size, day or moment.", valueName: "n|time"))
    var at: String?

    @OptionGroup var source: LogSource
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let log = try source.open()
        let size =
            try at.map { try StateArgument($0, in: language, for: output).size(in: log) } ?? log.head().size
        let records = try MemberRecord.all(in: log, upTo: size)
        if output.json {
            try Output.json(Answer(members: records.map(MemberAnswer.init), size: size))
            return
        }
        let table = MemberTable(records, in: language.localizer(for: output))
        for record in records { Output.table(table.lines(record)) }
    }

    private struct Answer: Encodable {
        var members: [MemberAnswer]
        var size: LogSize
    }
}

/// A member, for programs.
struct MemberAnswer: Encodable {
    struct Standing: Encodable {
        var position: Position
        var recordedtime: String
        /// Missing for somebody who left then.
        var role: String?
        var source: String
    }

    struct Device: Encodable {
        var device: String
        var name: String?
        var revoked: Bool
    }

    var member: String
    var name: String?
    var role: String?
    var active: Bool
    var inviter: String?
    var roles: [Standing]
    var devices: [Device]

    init(_ record: MemberRecord) {
        member = record.member
        name = record.name
        role = record.role
        active = record.isActive
        inviter = record.inviter
        roles = record.standings.map {
            Standing(
                position: $0.position,
                recordedtime: $0.recordedTime.description,
                role: $0.role,
                source: $0.source.rawValue
            )
        }
        devices = record.devices.map { Device(device: $0.device, name: $0.name, revoked: $0.isRevoked) }
    }
}

extension MemberRecord {
    /// The last one that they had; nil where it was erased.
    var role: String? { standings.last { $0.role != nil }?.role }

    /// Whether they take part.
    var isActive: Bool { standings.last.map { $0.role != nil } ?? false }
}
