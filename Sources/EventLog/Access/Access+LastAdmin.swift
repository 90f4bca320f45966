internal import AgendaModel

extension Access {
    /// How many devices of one member may continue others at a time.
    ///
    /// Whoever has stolen a token can record no more than so many enrolments with it.
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

    /// Whether a device continues, at once or through others, one that is revoked.
    func isLeftBehind(_ device: DeviceID) -> Bool {
        var name = device
        // Who continues whom is a chain; one that were none would end here all the same.
        for _ in devices {
            guard let former = devices[name]?.continues, let known = devices[former] else { return false }
            if known.isRevoked { return true }
            name = former
        }
        return false
    }

    /// How many good devices of a member continue others.
    func continuations(of member: MemberID) -> Int {
        devices.values.count { $0.member == member && !$0.isRevoked && $0.continues != nil }
    }

    /// Whether nobody would be left who can administer the agenda, and somebody is now.
    ///
    /// An admin without a device that gets in cannot, and devices go with the ones that they continue.
    func losesLastAdmin(by change: AccessChange) -> Bool {
        guard mayTakeFromAdmin(change), hasAdmin else { return false }
        var next = self
        next.apply(change)
        for device in next.devicesLeftBehind { next.devices[device]?.isRevoked = true }
        return !next.hasAdmin
    }

    /// Whether an admin may have less after it: most changes need no closer look.
    private func mayTakeFromAdmin(_ change: AccessChange) -> Bool {
        switch change {
        case .member(let member, let role, let isActive):
            return members[member].map { $0.isActive && $0.role == .admin } == true && !(isActive && role == .admin)
        case .device(let device, var next):
            guard let known = devices[device] else { return false }
            next.signedThrough = known.signedThrough
            return next != known
        case .token, .tokenEnded, .inviteMade, .inviteUsed: return false
        }
    }

    /// Whether somebody administers for good.
    ///
    /// Access that ends on a day, or that a program has for what is public, administers nothing. Neither does a device
    /// that has no token.
    private var hasAdmin: Bool {
        tokens.values.contains { role(ofDevice: $0) == .admin && devices[$0]?.limits == AccessLimits() }
    }
}
