import AgendaModel
import ArgumentParser
import Foundation
import SyncClient

/// `ambit clone`: enrol this laptop and bring the agenda over.
struct Clone: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Enrol this laptop with an invite and bring an agenda over.",
        discussion: "ambit clone https://agenda.example/agendas/assen --invite CODE"
    )

    @Argument(help: "The agenda's address: https://host[:port]/agendas/<name>.")
    var url: String

    @Argument(help: "The folder to make; by default the agenda's name.")
    var folder: String?

    @Option(help: ArgumentHelp("The invite that an admin gave you; it works once.", valueName: "code"))
    var invite: String

    @Option(help: "Your name, as others will read it in the agenda.")
    var name: String = NSFullUserName().isEmpty ? NSUserName() : NSFullUserName()

    @Option(help: "What this laptop is called.")
    var device: String = ProcessInfo.processInfo.hostName

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let target = folder ?? url.split(separator: "/").last.map(String.init) ?? "agenda"
        let (replica, summary) = try await SyncDisplay.during { display in
            try await Replica.clone(
                url: url,
                into: target,
                invite: invite,
                memberName: name,
                deviceName: device
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
            Output.line("\(target): \(summary.size) events of \(settings.agenda), verified.")
            Output.line("You are \(settings.member) (\(settings.role)) on \(settings.device).")
        }
    }

    private struct Answer: Encodable {
        var folder: String
        var device: DeviceID
        var member: MemberID
        var role: String
        var size: Int
    }
}
