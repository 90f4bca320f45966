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
    struct List: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(abstract: "List the devices (the default).")

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let devices = try await place.administer { agenda in
                try agenda.documents(of: "device").map { AgendaDevice($0.subject, $0.document) }
            } onReplica: {
                try $0.devices()
            }
            if output.json {
                try Output.json(devices.map(Answer.init))
                return
            }
            Output.table(
                devices.map { device in
                    let origin = device.continues.map { "continues \($0)" } ?? ""
                    return [
                        device.subject, device.member, device.isRevoked ? "revoked" : "", origin, device.name ?? "",
                    ]
                }
            )
        }

        private struct Answer: Encodable {
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
    struct Revoke: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: "Take away the access of a device, and of all that continue it."
        )

        @Argument(help: "The device, device/….")
        var device: String

        @OptionGroup var place: LogSource
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let subject = device.contains("/") ? device : "device/\(device)"
            try await place.administer { agenda in
                guard let known = try agenda.store.access().devices[subject] else {
                    throw Failure("\(agenda.name) has no \(subject).", code: "unknown-subject")
                }
                guard !known.isRevoked else { return }
                let data = JSONValue.object([JSONValue.Member("revoked", .bool(true))])
                try await agenda.record(type: "device.revoked", subject: subject, data: data)
            } onReplica: { replica in
                try await replica.administration().revoke(subject)
            }
            if output.json {
                try Output.json(["device": subject])
            } else {
                Output.line("\(subject) has no access any more, nor has any device that continues it")
            }
        }
    }
}
