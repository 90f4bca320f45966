internal import LogClient
internal import SyncClient

/// What can happen to servers.
extension World {
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
            network.working.removeAll { $0.number == number }
            hangUp(number, LogClientError(.cut, "the server went away"))
        }
    }
}
