import AgendaModel
import EventLog

/// What a log says of a member: which roles they had since when, who let them in, and with which devices they work.
struct MemberRecord {
    /// A role, or having left, since an entry.
    struct Standing {
        var position: Position
        var recordedTime: Timestamp
        /// nil for somebody who left.
        var role: String?
        /// Who recorded it.
        var source: EventSource
    }

    struct Device {
        var device: String
        /// nil where it was erased.
        var name: String?
        var isRevoked = false
    }

    var member: String
    /// nil where it was erased.
    var name: String?
    /// In the order of the log; empty where all of it was erased.
    var standings: [Standing] = []
    /// The device that made the invite; nil where nobody knows, or it was made on the server.
    var inviter: String?
    var devices: [Device] = []

    /// Reads the members of a log.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - size: how many of them count.
    /// - Returns: in the order in which they came.
    /// - Throws: what the log throws, `EventProblem` for entries that cannot be read.
    static func all(in log: any LogReader, upTo size: LogSize) throws -> [MemberRecord] {
        var records = Records()
        var reader = EventReader()
        let kinds = ["member/", "device/"].map { Array($0.utf8) }
        try log.forEachBlock(in: size.positions) { first, _, entries in
            for (index, line) in entries.split(separator: UInt8(ascii: "\n")).enumerated() {
                let entry = UnsafeBufferPointer(rebasing: line)
                let attributes = try reader.read(entry, as: .entry)
                guard kinds.contains(where: { entry[attributes.subject].starts(with: $0) }) else { continue }
                try records.take(entry, attributes, at: first + index)
            }
        }
        return records.all
    }

    private struct Records {
        var all: [MemberRecord] = []
        private var places: [String: Int] = [:]
        private var owners: [String: String] = [:]

        mutating func take(
            _ entry: UnsafeBufferPointer<UInt8>,
            _ attributes: EventAttributes,
            at position: Position
        ) throws {
            func text(_ range: Range<Int>) -> String { String(decoding: entry[range], as: UTF8.self) }
            let (type, subject) = (text(attributes.type), text(attributes.subject))
            let isErased = attributes.tombstone != nil
            let data = isErased ? [:] : try JSONValue(parsing: Array(entry[attributes.data]))
            switch type {
            case "member.joined", "member.granted", "member.left":
                change(subject) { record in
                    if let name = data["name"]?.text { record.name = name }
                    if let inviter = data["inviter"]?.text { record.inviter = inviter }
                    guard !isErased else { return }
                    record.standings.append(
                        Standing(
                            position: position,
                            recordedTime: EntrySuffix.recordedTime(of: entry) ?? attributes.time,
                            role: type == "member.left" ? nil : data["role"]?.text,
                            source: EventSource(unchecked: text(attributes.source))
                        )
                    )
                }
            case "device.enrolled":
                guard let member = data["member"]?.text else { return }
                owners[subject] = member
                change(member) { $0.devices.append(Device(device: subject, name: data["name"]?.text)) }
            case "device.revoked":
                guard let member = owners[subject] else { return }
                change(member) { record in
                    for index in record.devices.indices where record.devices[index].device == subject {
                        record.devices[index].isRevoked = true
                    }
                }
            default: break
            }
        }

        private mutating func change(_ member: String, _ body: (inout MemberRecord) -> Void) {
            let place = places[member] ?? all.count
            if place == all.count { all.append(MemberRecord(member: member)) }
            places[member] = place
            body(&all[place])
        }
    }
}
