internal import AgendaModel

extension ServerWriting {
    /// Redeems an invite, or lets a device go on as another one.
    ///
    /// - Throws: `EnrolmentError`, or what the store throws.
    func enrol(
        _ enrolment: Enrolment,
        into batch: inout Batch,
        _ cache: inout WriterCache
    ) throws -> PreparedEnrolment {
        if let again = try enrolledBefore(enrolment, into: &batch, &cache) { return again }
        let base = try base(of: enrolment, in: batch, &cache)
        try check(enrolment, against: batch.base.head.size, of: cache.store.identity)
        let device = DeviceID(unchecked: try newName(DeviceID.prefix, in: batch, &cache))
        // On a copy: nothing of an enrolment that is refused may stay.
        var extended = batch
        let verdicts = try take(try events(enrolment, base, device: device), into: &extended, cache: &cache)
        if let refused = verdicts.rejected.first {
            throw EnrolmentError(.invalid, "this enrolment cannot be recorded: \(refused.problem.detail)")
        }
        let token = newToken(for: device, in: &extended)
        if let invite = base.invite {
            extended.change(.inviteUsed(hash: invite, at: batch.recordedTime))
            extended.usedInvites[invite] = device
        }
        batch = extended
        return PreparedEnrolment(device: device, token: token, member: base.member, role: base.role)
    }

    /// What an enrolment records must be in the log that the laptop goes on with.
    ///
    /// It must not take the place of entries that the log has lost.
    ///
    /// Only whoever may enrol is told which log this is, and how large.
    private func check(_ enrolment: Enrolment, against size: LogSize, of identity: LogIdentity) throws {
        if let log = enrolment.log, log != identity.verifierKey.description {
            throw EnrolmentError(.otherLog, "the laptop goes on with another log than this one")
        }
        guard let verified = enrolment.verified, verified > size else { return }
        throw EnrolmentError(
            .aheadOfLog(size),
            "the laptop has verified \(verified) entries, and the log has \(size); if it was put back from "
                + "a backup, it has to be healed first"
        )
    }

    /// What a new device rests on.
    private struct Base {
        var member: MemberID
        var role: Role
        /// The name of a member who is new.
        var newMember: String?
        /// The device that goes on as the new one.
        var continues: DeviceID?
        /// Nobody gets beyond the limits of a device by going on as another one.
        var limits: AccessLimits?
        /// Hash of the invite that is used up.
        var invite: Hash?
        /// The device that made it; nil for one that was made on the server's data folder.
        var inviter: DeviceID?
    }

    private func base(of enrolment: Enrolment, in batch: Batch, _ cache: inout WriterCache) throws -> Base {
        switch enrolment.right {
        case .continuing(let device):
            return try base(continuing: device, in: batch.access)
        case .invite(let code, let memberName):
            let invite = try redeemable(code, in: batch, cache.store)
            guard let member = invite.member else {
                let member = MemberID(unchecked: try newName(MemberID.prefix, in: batch, &cache))
                return Base(
                    member: member,
                    role: invite.role,
                    newMember: memberName,
                    invite: invite.hash,
                    inviter: invite.device
                )
            }
            guard let known = batch.access.members[member], known.isActive else {
                throw EnrolmentError(
                    .invalid,
                    "the member whom this invite is for no longer takes part; ask an admin for a new one"
                )
            }
            return Base(member: member, role: known.role, invite: invite.hash)
        }
    }

    private func base(continuing device: DeviceID, in access: Access) throws -> Base {
        guard let known = access.devices[device], let role = access.role(ofDevice: device) else {
            throw EnrolmentError(.revoked, "\(device) has lost its access; ask an admin of the agenda for an invite")
        }
        guard access.continuations(of: known.member) < Access.maximumContinuations else {
            throw EnrolmentError(
                .tooManyDevices,
                "\(known.member) has \(Access.maximumContinuations) devices that continue others, and more are not made "
                    + "without an invite; ask an admin for one, and to revoke those that are not used any more"
            )
        }
        return Base(member: known.member, role: role, continues: device, limits: known.limits)
    }

    /// Gives another token to the device that redeemed this very invite, or that went on from this very device.
    ///
    /// The answer to that may have been lost.
    ///
    /// - Returns: nil for whoever has not.
    private func enrolledBefore(
        _ enrolment: Enrolment,
        into batch: inout Batch,
        _ cache: inout WriterCache
    ) throws -> PreparedEnrolment? {
        guard let device = try deviceMade(by: enrolment, in: batch, &cache),
            let member = batch.access.devices[device]?.member, let role = batch.access.role(ofDevice: device)
        else { return nil }
        try check(enrolment, against: batch.base.head.size, of: cache.store.identity)
        endTokens(of: device, in: &batch)
        let token = newToken(for: device, in: &batch)
        return PreparedEnrolment(device: device, token: token, member: member, role: role)
    }

    /// - Returns: the device that the same request has made before; nil when there is none.
    private func deviceMade(
        by enrolment: Enrolment,
        in batch: Batch,
        _ cache: inout WriterCache
    ) throws -> DeviceID? {
        guard let key = enrolment.key, let proof = enrolment.proof else { return nil }
        switch enrolment.right {
        case .invite(let code, _):
            guard let invite = try cache.store.invite(hash: InviteCode.hash(code)),
                invite.used != nil || batch.usedInvites[invite.hash] != nil,
                DeviceKey.isValid(proof, of: Enrolment.proofMessage(invite: code), by: key),
                let device = try device(madeWith: invite, by: key, in: batch, cache.store)
            else { return nil }
            try checkAge(of: invite)
            return device
        case .continuing(let former):
            guard DeviceKey.isValid(proof, of: Enrolment.proofMessage(continuing: former), by: key),
                let device = batch.access.devices.first(where: {
                    $0.value.continues == former && $0.value.key == key && !$0.value.isRevoked
                })?.key
            else { return nil }
            // Once it has written, its answer was not lost: the folder has been copied once more, with the key.
            let source = EventSource(device)
            let last = try batch.lastCounters[source] ?? cache.lastCounter(of: source)
            return last == .zero ? device : nil
        }
    }

    /// The device with this key that an invite was used for.
    ///
    /// One key may have used several invites: a laptop keeps it where answers are lost.
    ///
    /// - Returns: nil when there is none, when it is revoked, and where several may be it.
    private func device(
        madeWith invite: Invite,
        by key: [UInt8],
        in batch: Batch,
        _ store: any LogStore
    ) throws -> DeviceID? {
        let candidates = batch.access.devices.filter { $0.value.key == key && $0.value.continues == nil }
        let made: [DeviceID]
        if let device = batch.usedInvites[invite.hash] {
            made = candidates[device] == nil ? [] : [device]
        } else {
            made = try candidates.filter { try wasMade($0.key, of: $0.value.member, with: invite, store) }.map(\.key)
        }
        guard made.count == 1, let device = made.first, candidates[device]?.isRevoked == false else { return nil }
        return device
    }

    /// Whether the log says of a device what is stored of an invite that was used: when, and for whom or for which role.
    ///
    /// The time alone would not do: while a clock is behind the last entry, everything is recorded at the same time.
    private func wasMade(
        _ device: DeviceID,
        of member: MemberID,
        with invite: Invite,
        _ store: any LogStore
    ) throws -> Bool {
        guard let used = invite.used, let enrolled = try store.position(ofSubject: device.rawValue),
            try store.recordedTime(at: enrolled) == used
        else { return false }
        if let invited = invite.member { return member == invited }
        // Who is new joins in the entry before.
        guard let joined = try store.position(ofSubject: member.rawValue), joined.next == enrolled else { return false }
        let data = try JSONValue(parsing: try store.entry(at: joined))["data"]
        return data?["role"]?.text == invite.role.rawValue && data?["inviter"]?.text == invite.device?.rawValue
    }

    /// An invite is made and used by one clock: what the log's last entry says may be something else.
    private func checkAge(of invite: Invite) throws {
        guard invite.expires <= environment.now() else { return }
        throw EnrolmentError(.expiredInvite, "this invite expired at \(invite.expires); ask an admin for a new one")
    }

    private func redeemable(_ code: String, in batch: Batch, _ store: any LogStore) throws -> Invite {
        guard let invite = try store.invite(hash: InviteCode.hash(code)) else {
            throw EnrolmentError(.unknownInvite, "this invite is not known here; copy it whole, or ask for a new one")
        }
        guard invite.used == nil, batch.usedInvites[invite.hash] == nil else {
            throw EnrolmentError(
                .usedInvite,
                "this invite has been used; where it was used, it lets the same laptop in again, and others need a new one"
            )
        }
        try checkAge(of: invite)
        // Whoever has lost the right to invite may have kept the code.
        if let maker = invite.device, !batch.access.vouches(for: invite) {
            throw EnrolmentError(
                .voidInvite,
                "\(maker), which made this invite, is no admin's any more; ask an admin for a new one"
            )
        }
        return invite
    }

    private func events(
        _ enrolment: Enrolment,
        _ base: Base,
        device: DeviceID
    ) throws -> [ServerEvent] {
        var events: [ServerEvent] = []
        if let newMember = base.newMember {
            let name = try checked(newMember, "the person's name")
            var data = [
                JSONValue.Member("name", .string(name)), JSONValue.Member("role", .string(base.role.rawValue)),
            ]
            if let inviter = base.inviter { data.append(JSONValue.Member("inviter", .string(inviter.rawValue))) }
            events.append(
                ServerEvent(
                    type: "member.joined",
                    subject: base.member.rawValue,
                    data: JSONValue.object(data).compact
                )
            )
        }
        let name = try checked(enrolment.deviceName, "the device's name")
        var data = [JSONValue.Member("member", .string(base.member.rawValue)), JSONValue.Member("name", .string(name))]
        if let key = enrolment.key {
            guard key.count == 32 else {
                throw EnrolmentError(.invalid, "the device's Ed25519 public key has 32 bytes, not \(key.count)")
            }
            data.append(JSONValue.Member("key", .string(Base64.encode(key))))
        }
        if let continues = base.continues { data.append(JSONValue.Member("continues", .string(continues.rawValue))) }
        data += (base.limits ?? enrolment.limits).members
        events.append(
            ServerEvent(type: "device.enrolled", subject: device.rawValue, data: JSONValue.object(data).compact)
        )
        return events
    }

    private func checked(_ name: String, _ what: String) throws -> String {
        guard DisplayName.isValid(name) else {
            throw EnrolmentError(
                .invalid,
                "\(what) must have 1 to 200 characters that can be seen, with one space between two words and none around them"
            )
        }
        return name
    }

    /// A subject that does not exist yet, with an id of eight characters that people can read to each other.
    private func newName(_ prefix: String, in batch: Batch, _ cache: inout WriterCache) throws -> String {
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)
        for _ in 0..<16 {
            let id = environment.random(8).map { letters[Int($0) % letters.count] }
            let name = prefix + String(decoding: id, as: UTF8.self)
            if !batch.newNames.contains(name), try !cache.exists(name) { return name }
        }
        throw LogError(.inputOutput, "the source of randomness keeps giving names that are taken")
    }
}

/// An enrolment that is in a batch; its token is only told after the commit.
struct PreparedEnrolment {
    var device: DeviceID
    var token: String
    var member: MemberID
    var role: Role

    func enrolled(head: LogHead) -> Enrolled {
        Enrolled(device: device, token: token, member: member, role: role, head: head)
    }
}
