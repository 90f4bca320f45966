internal import AgendaModel
internal import EventLog
internal import EventLogTesting
internal import LogClient
internal import SyncClient
internal import SyncProtocol

/// What can happen to requests and answers on their way.
extension World {
    var networkChoices: [Choice] {
        var choices: [Choice] = []
        for laptop in laptops { choices += self.choices(for: laptop) }
        for flight in network.flights {
            choices.append(Choice(8, "request \(flight.number) arrives") { world in world.deliver(flight) })
        }
        return choices
    }

    private func choices(for laptop: Laptop) -> [Choice] {
        let name = "laptop \(laptop.number)"
        switch laptop.transport.pending {
        case .nothing: return []
        case .request(let request, _):
            let what = "\(name) sends \(request.method) \(request.path) of \(request.body.count) bytes"
            return [Choice(10, what) { $0.send(request, from: laptop) }]
        case .answer(let number, let request, _):
            var choices: [Choice] = []
            if let answer = network.answers[number] {
                let what = "\(name) gets \(answer.status) to request \(number)"
                choices.append(Choice(10, what) { $0.give(answer, number, to: laptop) })
            }
            if !isCalm, scenario.chance(of: .stall) > 0 {
                choices.append(Choice(1, "\(name) may give up waiting") { $0.stall(laptop, for: request.headTimeout) })
            }
            return choices
        case .piece:
            return [Choice(12, "\(name) reads") { $0.givePiece(to: laptop) }]
        case .sleep(let duration, _):
            return [
                Choice(4, "\(name) has waited") { world in
                    world.time.pass(Int(duration.components.seconds) * 1000 + 1)
                    laptop.transport.wake()
                }
            ]
        }
    }

    private func send(_ request: TransportRequest, from laptop: Laptop) {
        statistics.count("requests")
        if happens(.requestTurnedAway) {
            let status = random.chance(0.5) ? 503 : 429
            laptop.transport.sent(as: 0)
            laptop.transport.receive(Answer(status: status, headers: ["retry-after": "2"], body: []))
            return
        }
        if happens(.requestLost) {
            laptop.transport.fail(LogClientError(random.chance(0.5) ? .noRoute : .cut, "lost on the way"))
            return
        }
        let request = spoil(request)
        laptop.transport.sent(as: network.send(request, at: laptop.clock.now))
        if happens(.requestDuplicated) { _ = network.send(request, at: laptop.clock.now) }
    }

    private func deliver(_ flight: Network.Flight) {
        if network.flights.first?.number != flight.number, !isCalm { statistics.count(.requestOvertaken) }
        network.flights.removeAll { $0.number == flight.number }
        guard let server = servers.compactMap({ $0 }).randomElement(using: &random) else {
            statistics.count(.serverDown)
            hangUp(flight.number, LogClientError(.refused, "nobody listens"))
            return
        }
        network.working.append(flight)
        server.take(flight.request, number: flight.number)
    }

    /// Whoever waits for the answer to this request hears that there will be none.
    func hangUp(_ number: Int, _ failure: LogClientError) {
        for laptop in laptops {
            guard case .answer(number, _, _) = laptop.transport.pending else { continue }
            laptop.transport.fail(failure)
        }
    }

    private func give(_ answer: Answer, _ number: Int, to laptop: Laptop) {
        network.answers[number] = nil
        let isOfEnrolment = answer.status == 201
        let isLost = isOfEnrolment && (canary == .losesProof || happens(.enrolmentAnswerLost)) || happens(.answerLost)
        if isLost {
            laptop.transport.fail(LogClientError(.cut, "the connection broke before the answer"))
        } else {
            laptop.transport.receive(answer)
        }
    }

    private func givePiece(to laptop: Laptop) {
        let left = laptop.transport.bytesLeft
        if left > 0, happens(.answerCut) {
            laptop.transport.fail(LogClientError(.cut, "the connection broke in the middle of the answer"))
        } else if happens(.stall) {
            time.pass(30_000)
            laptop.transport.fail(LogClientError(.timeout, "the answer paused for too long"))
        } else {
            let isWhole = random.chance(0.5)
            laptop.transport.receive(bytes: isWhole ? max(left, 1) : Int.random(in: 1...max(left, 1), using: &random))
        }
    }

    private func stall(_ laptop: Laptop, for duration: Duration) {
        guard happens(.stall) else { return }
        time.pass(Int(duration.components.seconds) * 1000)
        laptop.transport.fail(LogClientError(.timeout, "no answer within the deadline"))
    }
}

// MARK: - What servers say

extension World {
    /// Takes the answers that servers have given since, and notes what they say.
    func collectAnswers() {
        for flight in network.working.sorted(by: { $0.number < $1.number }) {
            guard let given = scheduler.takeAnswer(to: flight.number) else { continue }
            let answer = spoil(given, to: flight.request)
            network.working.removeAll { $0.number == flight.number }
            note("request \(flight.number) is answered \(answer.status), \(answer.body.count) bytes")
            hear(answer, to: flight.request)
            let isWaitedFor = laptops.contains { laptop in
                if case .answer(flight.number, _, _) = laptop.transport.pending { true } else { false }
            }
            if isWaitedFor { network.answers[flight.number] = answer }
        }
    }

    private func hear(_ answer: Answer, to request: TransportRequest) {
        if answer.status == 201 { hear(enrolment: answer, to: request) }
        guard answer.status == 200 else { return }
        switch (request.method, request.path.prefix { $0 != "?" }) {
        case ("GET", "/checkpoint"):
            hear(checkpoint: String(decoding: answer.body, as: UTF8.self))
        case ("POST", "/events"):
            guard let verdicts = try? ProtocolJSON.decode(PushAnswer.self, from: answer.body),
                let source = source(of: request)
            else { return model.breach(.acknowledged, "the answer to a push cannot be read") }
            hear(checkpoint: verdicts.checkpoint)
            for run in verdicts.accepted + verdicts.duplicate {
                guard let first = Int(run.first), let last = Int(run.last) else { continue }
                for counter in first...last {
                    model.acknowledge(Identity(source: source, counter: counter), at: run.position + counter - first)
                }
            }
            for rejected in verdicts.rejected {
                statistics.count("events refused")
                if let id = rejected.id.flatMap({ Int($0) }) { model.refuse(Identity(source: source, counter: id)) }
            }
        default: break
        }
    }

    private func hear(checkpoint note: String) {
        guard let signed = try? disk.identity.verifierKey.verify(note) else {
            return model.breach(.checkpoints, "a checkpoint is not signed with the log's key")
        }
        model.show(size: signed.checkpoint.size.rawValue, root: signed.checkpoint.root)
    }

    private func hear(enrolment answer: Answer, to request: TransportRequest) {
        guard let asked = try? ProtocolJSON.decode(EnrolmentRequest.self, from: request.body),
            let invite = asked.invite,
            let given = try? ProtocolJSON.decode(EnrolmentAnswer.self, from: answer.body)
        else { return }
        model.enrol(given.device, with: invite)
    }

    /// Whose token a request has, or had when it was asked.
    private func source(of request: TransportRequest) -> EventSource? {
        guard let token = request.headers["Authorization"]?.split(separator: " ").last else { return nil }
        return tokens[Hash.sha256(Array(token.utf8))].map { EventSource($0) }
    }
}
