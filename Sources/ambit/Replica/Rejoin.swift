import ArgumentParser
import Foundation
import LogClient
import SyncClient
import TypedInput

/// `ambit rejoin`: enrol this laptop anew, and keep what has not been sent.
struct Rejoin: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Enrol this laptop anew with an invite, and send what it has as another device."),
        discussion: .told("For a laptop that the server does not let in any more, or whose token is gone.")
    )

    @Option(
        help: .told("The link that an admin gave you, or its code; it works once.", valueName: "link")
    )
    var invite: String

    @Option(help: .told("Your name, as others will read it in the agenda."))
    var name: String = NSFullUserName().isEmpty ? NSUserName() : NSFullUserName()

    @Option(help: .told("What this laptop is called."))
    var device: String = ProcessInfo.processInfo.hostName

    @Option(help: .told("The agenda's address from now on, if the server has moved, too."))
    var url: String?

    @OptionGroup var cleartext: CleartextOptions
    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let replica = try replica.open()
        let link = InviteLink(invite)
        let before = try replica.conflictPlaces()
        let summary = try await SyncDisplay.during(changeOfDevice: "this laptop was enrolled anew") { display in
            try await replica.rejoin(
                invite: link?.code ?? invite,
                memberName: TypedText.checked(name),
                deviceName: TypedText.checked(device),
                url: url,
                options: cleartext.syncOptions
            ) { display.show($0) }
        }
        try SyncReport(summary, of: replica, before: before).print(output)
    }
}
