internal import AgendaModel

extension Access {
    /// How many devices of one member may continue others at a time: whoever has stolen a token can record no more
    /// than so many enrolments with it.
    package static let maximumContinuations = 64

    /// The devices that are still good and continue, at once or through others, one that is revoked; sorted.
    var devicesLeftBehind: [DeviceID] {
        var good = devices.filter { !$0.value.isRevoked && $0.value.continues != nil }
        var ended = Set(devices.lazy.filter(\.value.isRevoked).map(\.key))
        var found: [DeviceID] = []
        while true {
            let next = good.filter { $0.value.continues.map(ended.contains) ?? false }.keys
            guard !next.isEmpty else { return found.sorted() }
            found += next
            ended = Set(next)
            for name in next { good[name] = nil }
        }
    }

    /// How many good devices of a member continue others.
    func continuations(of member: MemberID) -> Int {
        devices.values.count { $0.member == member && !$0.isRevoked && $0.continues != nil }
    }

    /// Whether nobody would be left who can administer the agenda, and somebody is now.
    ///
    /// An admin without a device that is good cannot, and devices go with the ones that they continue.
    func losesLastAdmin(by change: AccessChange) -> Bool {
        guard hasAdmin else { return false }
        var next = self
        next.apply(change)
        for device in next.devicesLeftBehind { next.devices[device]?.isRevoked = true }
        return !next.hasAdmin
    }

    private var hasAdmin: Bool { devices.keys.contains { role(ofDevice: $0) == .admin } }
}
