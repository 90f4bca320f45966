import AgendaModel
import ArgumentParser
import EventLog
import SyncClient

/// `ambit device`: the laptops of an agenda.
struct DeviceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "List the devices, or take the access of one away.",
        discussion: """
            From an admin's replica over HTTP, or with --data and --agenda on the server's data folder, also while it is \
            served.
            """,
        subcommands: [List.self, Revoke.self],
        defaultSubcommand: List.self
    )

    /// Lists them.
    struct List: AdministrationCommand {
        static let configuration = CommandConfiguration(abstract: "List the devices (the default).")

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        func run(on agenda: ServedAgenda) throws -> [Item] {
            try agenda.documents(of: "device").map { Item(AgendaDevice($0.subject, $0.document)) }
        }

        func run(on replica: Replica) throws -> [Item] { try replica.devices().map(Item.init) }

        func show(_ devices: [Item]) {
            Output.table(
                devices.map { device in
                    let origin = device.continues.map { "continues \($0)" } ?? ""
                    return [device.device, device.member, device.revoked ? "revoked" : "", origin, device.name ?? ""]
                }
            )
        }

        struct Item: Encodable {
            var device: String
            var member: String
            var name: String?
            var continues: String?
            var revoked: Bool

            init(_ device: AgendaDevice) {
                self.device = device.subject
                member = device.member
                name = device.name
                continues = device.continues
                revoked = device.isRevoked
            }
        }
    }

    /// Takes access away.
    struct Revoke: AdministrationCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take away the access of a device, and of all that continue it."
        )

        @Argument(help: "The device, device/….")
        var device: String

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        private var subject: String { device.asSubject(of: "device") }

        func run(on agenda: ServedAgenda) async throws -> [String: String] {
            try await agenda.administration.revoke(DeviceID(unchecked: subject))
            return ["device": subject]
        }

        func run(on replica: Replica) async throws -> [String: String] {
            try await replica.administration().revoke(DeviceID(unchecked: subject))
            return ["device": subject]
        }

        func show(_: [String: String]) {
            Output.line("\(subject) has no access any more, nor has any device that continues it")
        }
    }
}
