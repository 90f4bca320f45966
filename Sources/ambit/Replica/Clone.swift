import AgendaModel
import ArgumentParser
import Foundation
import LogClient
import SyncClient
import TypedInput

/// `ambit clone`: enrol this laptop and bring the agenda over.
struct Clone: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Enrol this laptop with an invite and bring an agenda over."),
        discussion: .told(
            """
            ambit clone 'https://agenda.example/agendas/assen#invite=CODE'

            Commands without -C use this replica wherever they are given, unless the folder that they are given in is \
            another one.
            """
        )
    )

    @Argument(
        help: .told("The link that an admin gave you, or the agenda's address: https://host[:port]/agendas/<name>.")
    )
    var url: String

    @Argument(help: .told("The folder to make; by default AMBIT_DIR, or ambit in your data folder."))
    var folder: String?

    @Option(help: .told("The invite's code, unless it is in the link; it works once.", valueName: "code"))
    var invite: String?

    @Option(help: .told("Your name, as others will read it in the agenda."))
    var name: String = NSFullUserName().isEmpty ? NSUserName() : NSFullUserName()

    @Option(help: .told("What this laptop is called."))
    var device: String = ProcessInfo.processInfo.hostName

    @OptionGroup var cleartext: CleartextOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var language: NamedLanguage

    func run() async throws {
        let target = try folder ?? UsualReplica.home
        let link = InviteLink(url)
        guard let code = invite ?? link?.code else {
            throw ValidationError("Give the link that an admin gave you, or its code with --invite.")
        }
        let (replica, summary) = try await SyncDisplay.during { display in
            try await Replica.clone(
                url: link?.address ?? url,
                into: target,
                invite: code,
                memberName: TypedText.name(name),
                deviceName: TypedText.name(device),
                options: cleartext.syncOptions
            ) { display.show($0) }
        }
        let settings = try replica.settings
        if output.json {
            try Output.json(
                Answer(
                    folder: target,
                    device: settings.device,
                    member: settings.member,
                    role: settings.role,
                    size: summary.size
                )
            )
        } else {
            Output.say("\(target): \(summary.size) events of \(settings.agenda), verified.")
            Output.say("You are \(settings.member) (\(settings.role)) on \(settings.device).")
        }
    }

    private struct Answer: Encodable {
        var folder: String
        var device: DeviceID
        var member: MemberID
        var role: String
        var size: LogSize
    }
}
