import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

@Suite("Who is left to administer, and whose access goes with another's")
struct AdminRuleTests {
    /// An invented access: few members with many devices, of which some continue others.
    private static func access(_ random: inout SplitMix64) -> Access {
        var access = Access()
        for number in 1...Int.random(in: 1...4, using: &random) {
            let role = Role.allCases.randomElement(using: &random)!
            access.members[MemberID(unchecked: "member/aaaaaa-\(number)")] = Access.Member(
                role: role,
                isActive: Int.random(in: 0..<5, using: &random) > 0
            )
        }
        for number in 0..<Int.random(in: 0...8, using: &random) {
            let former = (0..<number).randomElement(using: &random)
            // Not each has been here since the log was imported.
            if Int.random(in: 0..<3, using: &random) > 0 {
                access.tokens[Hash.sha256(Array("token \(number)".utf8))] = device(number)
            }
            access.devices[device(number)] = Access.Device(
                member: access.members.keys.sorted().randomElement(using: &random)!,
                isRevoked: Int.random(in: 0..<4, using: &random) == 0,
                key: nil,
                continues: Bool.random(using: &random) ? former.map(device) : nil
            )
        }
        return access
    }

    private static func device(_ number: Int) -> DeviceID { DeviceID(unchecked: "device/dddddd\(number)") }

    @Test("A device is left behind exactly when it is one of those that are", arguments: 1...200)
    func leftBehind(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let access = Self.access(&random)
        let all = Set(access.devicesLeftBehind)
        for (name, device) in access.devices where !device.isRevoked {
            #expect(access.isLeftBehind(name) == all.contains(name), "\(name) of seed \(seed)")
        }
    }

    @Test("A change loses the last admin exactly when nobody can administer after it", arguments: 1...200)
    func lastAdmin(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var access = Self.access(&random)
        // As the server does at the end of a push.
        for device in access.devicesLeftBehind { access.devices[device]?.isRevoked = true }
        func administers(_ access: Access) -> Bool {
            access.tokens.values.contains { device in
                access.role(ofDevice: device) == .admin && access.devices[device]?.limits == AccessLimits()
            }
        }
        var changes: [AccessChange] = access.members.keys.flatMap { member in
            Role.allCases.flatMap { role in
                [true, false].map { .member(member, role: role, isActive: $0) }
            }
        }
        for (name, device) in access.devices {
            var revoked = device
            revoked.isRevoked = true
            changes.append(.device(name, revoked))
        }
        for change in changes {
            var next = access
            next.apply(change)
            for device in next.devicesLeftBehind { next.devices[device]?.isRevoked = true }
            let expected = administers(access) && !administers(next)
            #expect(access.losesLastAdmin(by: change) == expected, "\(change) of seed \(seed)")
        }
    }
}
