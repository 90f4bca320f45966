import AgendaModel
import EventLog
import Wording

/// Says in words what a log says of its members.
struct MemberTable {
    private let localizer: Localizer
    private var names: [String: String] = [:]

    /// - Parameters:
    ///   - records: of everybody who may be named.
    ///   - localizer: in whose words.
    init(_ records: [MemberRecord], in localizer: Localizer) {
        self.localizer = localizer
        for record in records {
            names[record.member] = name(record)
            for device in record.devices {
                let values = ["member": name(record), "device": device.name ?? device.device]
                names[device.device] = localizer.message(.memberOnDevice, values)
            }
        }
    }

    /// A member's name, role, and how it came about, as rows of a table.
    func lines(_ record: MemberRecord) -> [[String]] {
        let now = record.isActive ? role(record.role) : localizer.message(.memberLeft)
        var about = record.standings.map { standing in
            let isServer = standing.source == .server
            return localizer.message(
                .roleSince,
                [
                    "role": standing.role.map { role($0) } ?? localizer.message(.memberLeft),
                    "time": localizer.moment(standing.recordedTime),
                    "position": "\(standing.position)",
                    "author": isServer ? localizer.message(.theServer) : name(standing.source.rawValue),
                ]
            )
        }
        if let inviter = record.inviter { about.append(localizer.message(.invitedBy, ["author": name(inviter)])) }
        about += record.devices.map { device in
            let name = device.name.map { "\($0) (\(device.device))" } ?? device.device
            return localizer.message(device.isRevoked ? .memberDeviceRevoked : .memberDevice, ["device": name])
        }
        return [["\(name(record)) (\(record.member))", now]] + about.map { ["  " + $0] }
    }

    private func name(_ record: MemberRecord) -> String { record.name ?? localizer.message(.erased) }

    private func name(_ subject: String) -> String { names[subject] ?? subject }

    private func role(_ role: String?) -> String {
        role.map { Vocabulary.value($0, of: "role", localizer.language) } ?? localizer.message(.erased)
    }
}
