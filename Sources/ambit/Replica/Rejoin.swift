import ArgumentParser
import Foundation
import SyncClient

/// `ambit rejoin`: enrol this laptop anew, and keep what has not been sent.
struct Rejoin: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Enrol this laptop anew with an invite, and send what it has as another device.",
        discussion: "For a laptop that the server does not let in any more, or whose token is gone."
    )

    @Option(help: ArgumentHelp("The invite that an admin gave you; it works once.", valueName: "code"))
    var invite: String

    @Option(help: "Your name, as others will read it in the agenda.")
    var name: String = NSFullUserName().isEmpty ? NSUserName() : NSFullUserName()

    @Option(help: "What this laptop is called.")
    var device: String = ProcessInfo.processInfo.hostName

    @Option(help: "The agenda's address from now on, if the server has moved, too.")
    var url: String?

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let replica = try replica.open()
        let summary = try await SyncDisplay.during(changeOfDevice: "this laptop was enrolled anew") { display in
            try await replica.rejoin(invite: invite, memberName: name, deviceName: device, url: url) {
                display.show($0)
            }
        }
        try SyncReport(summary, of: replica).print(output)
    }
}
