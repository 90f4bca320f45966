import AgendaModel
import ArgumentParser
import Foundation
import LogClient
import Projections
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

    @Option(help: .told("Your name, as others will read it in the agenda; by default the one that you have there."))
    var name: String?

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
        if url == nil, let link { try check(link, asksAt: replica.settings.url) }
        let name = try name.map { try TypedText.name($0) } ?? knownName(in: replica)
        let before = try replica.conflictPlaces()
        let summary = try await SyncDisplay.during(changeOfDevice: "this laptop was enrolled anew") { display in
            try await replica.rejoin(
                invite: link?.code ?? invite,
                memberName: name,
                deviceName: TypedText.name(device),
                url: url,
                options: cleartext.syncOptions
            ) { display.show($0) }
        }
        try SyncReport(summary, of: replica, before: before).print(output)
    }

    /// Refuses a link to another address than the laptop's before anything is sent: its invite would be spent, or unknown, there.
    private func check(_ link: InviteLink, asksAt kept: String) throws {
        let address = try AgendaAddress(link.address).text
        guard address != kept else { return }
        throw Failure(
            "the link is of \(address), and this laptop has the agenda from \(kept). If the server has moved there, say so "
                + "with --url \(address); otherwise give the code behind #invite= alone. Nothing was sent.",
            code: "other-address"
        )
    }

    /// The name of the laptop's member so far; that of the system's user where the agenda has none.
    private func knownName(in replica: Replica) throws -> String {
        let member = try replica.settings.member
        let document = try replica.reading { view, _ in
            try view.document(of: member.rawValue).map { try JSONValue(parsing: $0) }
        }
        if let name = document?["name"]?.text.map(DisplayName.spaced), DisplayName.isValid(name) { return name }
        return try TypedText.name(NSFullUserName().isEmpty ? NSUserName() : NSFullUserName())
    }
}
