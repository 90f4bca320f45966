import AgendaModel
import EventLog
import Logging

/// What has become of who may use an agenda, for a server's log: subjects and what they may do, and no names of people.
///
/// Whoever made the change: a request, an admin on the data folder, or another server of the same log.
struct AccessDifference: Equatable {
    /// A member, a device, or the agenda itself.
    var subject: String
    var access: String

    /// In the order of subjects.
    static func found(from former: Access, to access: Access) -> [AccessDifference] {
        guard former.version != access.version else { return [] }
        var found: [AccessDifference] = []
        if former.openness != access.openness {
            found.append(AccessDifference(subject: "agenda", access: "open to \(access.openness.rawValue)"))
        }
        for (name, member) in access.members where former.members[name] != member {
            found.append(
                AccessDifference(subject: name.rawValue, access: member.isActive ? member.role.rawValue : "left")
            )
        }
        for (name, device) in access.devices where former.devices[name] != device {
            guard let before = former.devices[name] else {
                found.append(AccessDifference(subject: name.rawValue, access: "enrolled for \(device.member)"))
                continue
            }
            if before.isRevoked != device.isRevoked {
                found.append(
                    AccessDifference(subject: name.rawValue, access: device.isRevoked ? "revoked" : "restored")
                )
            }
        }
        for (hash, device) in access.tokens where former.tokens[hash] == nil && former.devices[device] != nil {
            found.append(AccessDifference(subject: device.rawValue, access: "another token"))
        }
        for (hash, device) in former.tokens where access.tokens[hash] == nil {
            found.append(AccessDifference(subject: device.rawValue, access: "a token ended"))
        }
        return found.sorted { ($0.subject, $0.access) < ($1.subject, $1.access) }
    }

    func log(of agenda: AgendaName, to logger: Logger) {
        logger.notice(
            "who has access has changed",
            metadata: ["agenda": "\(agenda)", "subject": "\(subject)", "access": "\(access)"]
        )
    }
}
