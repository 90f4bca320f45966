internal import AgendaModel
internal import EventLog
internal import EventLogTesting
internal import LogClient
internal import SyncClient

/// What can happen to servers.
extension World {
    func startServer(_ number: Int) async throws {
        serverLives += 1
        servers[number] = try await SimulatedServer(
            number,
            on: disk,
            seen: notes,
            statePath: retreats.statePath(ofServer: number) ?? "\(root)/server-\(serverLives).sqlite",
            acceptsClock: acceptsClock || canary == .trustsClock,
            environment: environment(ofServer: number),
            scheduler: scheduler
        )
    }

    func environment(ofServer number: Int) -> RuntimeEnvironment {
        let (clock, random) = (serverClocks[number], serverRandom)
        return RuntimeEnvironment(
            now: { clock.now },
            elapsed: { [time] in .milliseconds(time.now) },
            random: { random.bytes($0) }
        )
    }

    /// Where servers note what they show; nothing lasts where a store is broken that the guard would see before anybody else.
    var notes: SeenInMemory { canary?.isSeenByGuard == true ? SeenInMemory(forgets: true) : seen }

    var serverChoices: [Choice] {
        var choices: [Choice] = []
        for (number, server) in servers.enumerated() {
            guard let server else {
                choices.append(
                    Choice(5, "server \(number) starts") { world in
                        try await world.startServer(number)
                        world.servers[number]?.store.closeGate()
                        world.statistics.count("server starts")
                    }
                )
                continue
            }
            if !isCalm, scenario.chance(of: .serverClockJump) > 0 {
                let clock = serverClocks[number]
                choices.append(
                    clock.isRight
                        ? Choice(1, "server \(number)'s clock may jump") { $0.jump(clock) }
                        : Choice(2, "server \(number)'s clock is put right") { _ in clock.jump(to: 0) }
                )
            }
            if let write = server.store.waitingWrite {
                choices.append(Choice(9, "server \(number): \(write)") { await $0.decide(server) })
            }
            if !isCalm, scenario.chance(of: .serverCrash) > 0 {
                choices.append(
                    Choice(1, "server \(number) may crash") { world in
                        if world.happens(.serverCrash) { await world.crash(server, applying: false) }
                    }
                )
            }
        }
        return choices
    }

    private func jump(_ clock: SimulatedClock) {
        guard happens(.serverClockJump) else { return }
        let unit = [60_000, 3_600_000, 86_400_000, 31_557_600_000].randomElement(using: &random) ?? 0
        clock.jump(to: Int.random(in: -20...20, using: &random) * unit)
    }

    /// What becomes of a server's write.
    private func decide(_ server: SimulatedServer) async {
        if happens(.serverCrashBeforeWrite) {
            await crash(server, applying: false)
        } else if happens(.serverCrashAfterWrite) {
            await crash(server, applying: true)
        } else if happens(.writeFailed) {
            server.store.resume(.failed)
        } else if happens(.writeFailedAfter) {
            server.store.resume(.failedAfter)
        } else if happens(.diskFull) {
            server.store.resume(.full)
        } else {
            statistics.count("server writes")
            server.store.resume(.written)
        }
    }

    /// The server's process ends: who waits for an answer gets none, and what it was about to say was not said.
    func crash(_ server: SimulatedServer, applying: Bool) async {
        note("server \(server.number) crashes\(applying ? " after its write" : "")")
        servers[server.number] = nil
        let open = server.openRequests
        await server.end(applying: applying)
        for number in open {
            _ = scheduler.takeAnswer(to: number)
            network.ended += network.working.filter { $0.number == number }
            network.working.removeAll { $0.number == number }
            hangUp(number, LogClientError(.cut, "the server went away"))
        }
    }
}
