internal import AgendaModel
internal import EventLog
internal import EventLogTesting
internal import Files
internal import FoundationEssentials
internal import LogClient
internal import SyncClient
internal import SyncProtocol

/// How laptops are let in.
extension World {
    func enrolLaptops() async throws {
        guard let server = servers[0] else { return }
        let data = #"{"title":"Voorbeeldagenda","region":"Assen"}"#
        _ = try await server.sequencer.record(type: "agenda.founded", subject: "agenda/proef", data: data)
        for number in 0..<scenario.laptops {
            let role: Role = number == 0 || random.chance(0.2) ? .admin : random.chance(0.5) ? .editor : .recorder
            let code = "uitnodiging-\(number)"
            try addInvite(code, role: role, member: nil)
            laptops.append(
                try await Laptop(
                    number,
                    in: root,
                    seed: random.next(),
                    time: time,
                    scheduler: scheduler,
                    server: server,
                    invite: code,
                    lostAnswers: lostAnswers()
                )
            )
        }
        let access = try disk.access()
        if access.devices.count != laptops.count || access.members.count != laptops.count {
            let what = "\(laptops.count) laptops have been let in as \(access.devices.count) devices"
            model.breach(.enrolment, "\(what) of \(access.members.count) people")
        }
    }

    /// Most laptops begin with a project that they all know of: so they write the same one without having seen each other.
    func shareProject() async throws {
        guard let server = servers[0], let first = laptops.first else { return }
        try record({ Draft(type: "project.started", subject: nil, data: #"{"title":"\#(Mark.text($0))"}"#) }, on: first)
        for laptop in laptops where laptop === first || random.chance(0.8) {
            try await laptop.sync(with: server)
            try observe(laptop)
        }
    }

    /// How many answers to one enrolment are lost.
    private func lostAnswers() -> Int {
        var count = 0
        while happens(.enrolmentAnswerLost) { count += 1 }
        return count
    }

    private func addInvite(_ code: String, role: Role, member: MemberID?) throws {
        let expires = Timestamp(millisecondsSince1970: time.now + 30 * 86_400_000)
        let hash = InviteCode.hash(code)
        guard try disk.store.invite(hash: hash) == nil else { return }
        try disk.store.add(Invite(hash: hash, role: role, member: member, expires: expires))
    }

    /// Whether the server knows the laptop's token, and gives it a role.
    func isLetIn(_ laptop: Laptop) throws -> Bool {
        let access = try disk.access()
        guard let token = laptop.token, let device = access.tokens[Hash.sha256(Array(token.utf8))] else { return false }
        return access.role(ofDevice: device) != nil
    }

    /// Whether the laptop's access was taken away, and nobody has invited it again.
    func isLeftOut(_ laptop: Laptop) throws -> Bool {
        guard laptop.invite == nil, try !isLetIn(laptop) else { return false }
        return try disk.access().role(ofDevice: laptop.device) == nil
    }

    /// Whoever is not let in any more gets an invite, and asks with the same one until that is over.
    func rejoin(_ laptop: Laptop) throws {
        let member = try laptop.replica.settings.member
        guard let known = try disk.access().members[member], known.isActive else { return }
        if laptop.invite == nil { statistics.count("laptops invited again") }
        let code = laptop.invite ?? "uitnodiging-\(laptop.number)x\(model.nextInvite())"
        laptop.invite = code
        // A store that was put back may have lost it.
        try addInvite(code, role: known.role, member: member)
        try laptop.prepareKey()
        planCrash(of: laptop)
        let options = syncOptions(for: laptop)
        laptop.begin(.rejoining, scheduler) { replica, transport in
            try await replica.rejoin(
                invite: code,
                memberName: "Voorbeeldpersoon",
                deviceName: "laptop",
                transport: transport,
                options: options
            )
        }
    }

    /// An enrolment without the proof that a canary takes away.
    func spoil(_ request: TransportRequest) -> TransportRequest {
        guard canary == .losesProof, request.path == "/devices",
            var asked = try? ProtocolJSON.decode(EnrolmentRequest.self, from: request.body)
        else { return request }
        var request = request
        asked.proof = nil
        if let body = try? ProtocolJSON.encode(asked) { request.body = body }
        return request
    }
}
