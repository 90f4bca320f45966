import AgendaModel
import ArgumentParser
import EventLog
import SyncClient
import SyncProtocol
import Wording

/// `ambit device`: the laptops of an agenda.
struct DeviceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: .told("List the devices, or take the access of one away."),
        discussion: .told(
            """
            From an admin's replica over HTTP, or with --data and --agenda on the server's data folder, also while it is \
            served.
            """
        ),
        subcommands: [List.self, Revoke.self],
        defaultSubcommand: List.self
    )

    /// Lists them.
    struct List: AdministrationCommand {
        static let configuration = CommandConfiguration(
            abstract: .told("List the devices (the default)."),
            discussion:
                .told(
                    "With --seen: who is behind, as the server has last seen each; from a replica, for admins, over HTTP."
                )
        )

        @Flag(
            help: .told("Say when the server last saw each device, with which version, and how much of the log it had.")
        )
        var seen = false

        @OptionGroup var place: AdministrationPlace
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func run(on agenda: ServedAgenda) throws -> [Item] {
            let seen = seen ? try agenda.devicesSeen() : []
            return try agenda.documents(of: "device").map { Item(AgendaDevice($0.subject, $0.document), seen) }
        }

        func run(on replica: Replica) async throws -> [Item] {
            guard seen else { return try replica.devices().map { Item($0, []) } }
            // What the server has seen may have been let in since the last sync.
            try await replica.pullAndShow()
            let seen = try await replica.administration().devicesSeen()
            return try replica.devices().map { Item($0, seen) }
        }

        func show(_ devices: [Item]) {
            Output.table(
                devices.map { device in
                    let localizer = Localizer(.spoken)
                    let origin = device.continues.map { localizer.message(.deviceContinues, ["device": $0]) } ?? ""
                    let sight = [
                        device.lastSeen ?? localizer.message(.deviceNeverSeen), device.version ?? "",
                        device.size.map { localizer.message(.deviceHas, ["count": "\($0)"]) } ?? "",
                    ]
                    let limits = [
                        device.revoked ? localizer.message(.deviceRevoked) : "",
                        device.expires.map { localizer.message(.deviceUntil, ["day": localizer.date($0)]) } ?? "",
                        device.reads.map { _ in localizer.message(.deviceReadsPublic) } ?? "",
                    ]
                    return [device.device, device.member] + limits + (seen ? sight : []) + [origin, device.name ?? ""]
                }
            )
        }

        struct Item: Encodable {
            var device: String
            var member: String
            var name: String?
            var continues: String?
            var revoked: Bool
            /// The last day on which it has access, in UTC; missing for ever.
            var expires: String?
            /// `public` for one that only reads what is public; missing for any other.
            var reads: String?
            /// These three with `--seen`, as far as the server knows them.
            var lastSeen: String?
            var version: String?
            var size: Int?

            init(_ device: AgendaDevice, _ seen: [DeviceSightings.Item]) {
                self.device = device.subject
                member = device.member
                name = device.name
                continues = device.continues
                revoked = device.isRevoked
                expires = device.expires
                reads = device.readsPublicOnly ? "public" : nil
                let sight = seen.first { $0.device == device.subject }
                lastSeen = sight?.lastSeen
                version = sight?.version
                size = sight?.size
            }
        }
    }

    /// Takes access away.
    struct Revoke: SubjectDecision {
        static let configuration = CommandConfiguration(
            abstract: .told("Take away the access of a device, and of all that continue it.")
        )

        @Argument(help: .told("The device, device/…."))
        var device: String

        @OptionGroup var place: AdministrationPlace
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        private var subject: DeviceID { DeviceID(written: device) }
        var decision: [String: String] { ["device": subject.rawValue] }

        func decide(with administration: Administration) async throws { try await administration.revoke(subject) }

        func decide(with administration: ReplicaAdministration) async throws {
            try await administration.revoke(subject)
        }

        func show(_: [String: String]) {
            Output.say("\(subject) has no access any more, nor has any device that continues it")
        }
    }
}
