internal import AgendaModel

/// What the server itself writes into a batch: its own events, and enrolments.
struct ServerWriting {
    let environment: Sequencer.Environment

    /// Adds events of the server, all of them or none.
    func take(
        _ events: [ServerEvent],
        into batch: inout Batch,
        _ knowledge: inout LogKnowledge
    ) throws -> PushVerdicts {
        let source = Push.serverSource
        var counter = try batch.lastCounters[source] ?? knowledge.lastCounter(of: source)
        var body: [UInt8] = []
        for event in events {
            counter += 1
            let line = event.line(
                counter: counter,
                time: batch.recordedTime,
                basis: batch.size,
                environment: environment
            )
            body += Array(line.utf8) + [Lines.newline]
        }
        let push = try Push(device: source, body: body)
        return try PushSequencing.take(push, into: &batch, &knowledge)
    }

    /// Redeems an invite.
    ///
    /// - Throws: `EnrolmentError`, or what the store throws.
    func enrol(
        _ enrolment: Enrolment,
        into batch: inout Batch,
        _ knowledge: inout LogKnowledge
    ) throws -> PreparedEnrolment {
        let invite = try redeemable(enrolment.invite, in: batch, knowledge.store)
        var prepared = try prepare(invite, in: batch, &knowledge)
        let events = try events(enrolment, invite, prepared)
        // On a copy: nothing of an enrolment that is refused may stay.
        var extended = batch
        let verdicts = try take(events, into: &extended, &knowledge)
        if let refused = verdicts.rejected.first {
            throw EnrolmentError(.invalid, "this enrolment cannot be recorded: \(refused.problem.detail)")
        }
        prepared.tokenHash = Hash.sha256(Array(prepared.token.utf8))
        extended.change(.token(hash: prepared.tokenHash, device: prepared.device))
        extended.change(.inviteUsed(hash: invite.hash, at: batch.recordedTime))
        extended.usedInvites.insert(invite.hash)
        batch = extended
        return prepared
    }

    private func redeemable(_ code: String, in batch: Batch, _ store: any LogStore) throws -> Invite {
        guard let invite = try store.invite(hash: Hash.sha256(Array(code.utf8))) else {
            throw EnrolmentError(.unknownInvite, "this invite is not known here; copy it whole, or ask for a new one")
        }
        guard invite.used == nil, !batch.usedInvites.contains(invite.hash) else {
            throw EnrolmentError(.usedInvite, "this invite has been used; ask an admin for a new one")
        }
        guard invite.expires > batch.recordedTime else {
            throw EnrolmentError(.expiredInvite, "this invite expired at \(invite.expires); ask an admin for a new one")
        }
        return invite
    }

    private func prepare(
        _ invite: Invite,
        in batch: Batch,
        _ knowledge: inout LogKnowledge
    ) throws -> PreparedEnrolment {
        var role = invite.role
        if let member = invite.member {
            guard let known = batch.access.members[member], known.isActive else {
                throw EnrolmentError(
                    .invalid,
                    "the member whom this invite is for no longer takes part; ask an admin for a new one"
                )
            }
            role = known.role
        }
        return PreparedEnrolment(
            device: try newName("device", in: batch, &knowledge),
            token: Base64.encodeURL(environment.random(32)),
            tokenHash: invite.hash,
            member: try invite.member ?? newName("member", in: batch, &knowledge),
            role: role
        )
    }

    private func events(
        _ enrolment: Enrolment,
        _ invite: Invite,
        _ prepared: PreparedEnrolment
    ) throws(EnrolmentError) -> [ServerEvent] {
        var events: [ServerEvent] = []
        if invite.member == nil {
            let name = JSONText.quoted(try checked(enrolment.memberName, "the person's name"))
            let data = #"{"name":\#(name),"role":"\#(prepared.role.rawValue)"}"#
            events.append(ServerEvent(type: "member.joined", subject: prepared.member, data: data))
        }
        var data = #"{"member":"\#(prepared.member)","name":"#
        data += JSONText.quoted(try checked(enrolment.deviceName, "the device's name"))
        if let key = enrolment.key {
            guard key.count == 32 else {
                throw EnrolmentError(.invalid, "the device's Ed25519 public key has 32 bytes, not \(key.count)")
            }
            data += #","key":"\#(Base64.encode(key))""#
        }
        events.append(ServerEvent(type: "device.enrolled", subject: prepared.device, data: data + "}"))
        return events
    }

    /// Names are for people: short, on one line, not empty.
    private func checked(_ name: String, _ what: String) throws(EnrolmentError) -> String {
        let isOneLine = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard (1...200).contains(name.utf8.count), isOneLine, name.contains(where: { !$0.isWhitespace }) else {
            throw EnrolmentError(.invalid, "\(what) must have 1 to 200 bytes, without control characters")
        }
        return name
    }

    /// A subject that does not exist yet, with an id of eight characters that people can read to each other.
    private func newName(_ kind: String, in batch: Batch, _ knowledge: inout LogKnowledge) throws -> String {
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)
        for _ in 0..<16 {
            let id = environment.random(8).map { letters[Int($0) % letters.count] }
            let name = "\(kind)/\(String(decoding: id, as: UTF8.self))"
            if !batch.newNames.contains(name), try !knowledge.exists(name) { return name }
        }
        throw LogError(.inputOutput, "the source of randomness keeps giving names that are taken")
    }
}

/// An enrolment that is in a batch; its token is only told after the commit.
struct PreparedEnrolment {
    var device: String
    var token: String
    var tokenHash: Hash
    var member: String
    var role: Role

    func enrolled(head: Head) -> Enrolled {
        Enrolled(device: device, token: token, member: member, role: role, head: head)
    }
}

/// Writes JSON strings.
enum JSONText {
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
