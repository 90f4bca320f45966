internal import HTTPTypes

extension RouteTable {
    /// Everything that the server answers.
    ///
    /// `Protocol/openapi.yaml` describes the same for clients; a test holds the two against each other.
    static let server = RouteTable([
        // The server itself.
        Route(.get, "/agendas", query: [], for: .visitors(.read, SyncService.agendas)),
        Route(.get, "/healthz", for: .operators(SyncService.health)),
        Route(.get, "/readyz", for: .operators(SyncService.readiness)),
        Route(.get, "/agendas/{agenda}/ready", for: .operators(SyncService.agendaReadiness)),
        Route(.get, "/metrics", for: .operators(SyncService.metrics)),
        Route(.get, "/openapi.yaml", for: .everybody(SyncService.contract)),
        Route(.get, "/problems/{name}", for: .everybody(SyncService.problem)),

        // Writing.
        Route(.post, "/agendas/{agenda}/devices", for: .newcomers(.enrolment, SyncService.enrol)),
        Route(
            .get,
            "/agendas/{agenda}/events",
            query: ["after", "limit", "wait"],
            for: .readers(of: .log, .pull, SyncService.events)
        ),
        Route(.post, "/agendas/{agenda}/events", for: .members(.push, .push, SyncService.push)),
        Route(
            .post,
            "/agendas/{agenda}/heal",
            for: .members(.administer, .repair, SyncService.heal),
            restores: true
        ),

        // The log and its proofs.
        Route(
            .get,
            "/agendas/{agenda}/checkpoint",
            query: ["cosignatures"],
            for: .readers(of: .log, nil, SyncService.checkpoint)
        ),
        Route(
            .post,
            "/agendas/{agenda}/checkpoint",
            query: [],
            for: .readers(of: .log, nil, SyncService.compareCheckpoint),
            restores: true
        ),
        Route(
            .get,
            "/agendas/{agenda}/tile/{level}/{+tile}",
            query: [],
            for: .readers(of: .log, .pull, SyncService.tile),
            exists: { $0.tile != nil }
        ),

        // What is folded from the log.
        Route(.get, "/agendas/{agenda}", query: [], for: .readers(of: .folded, .read, SyncService.description)),
        Route(
            .get,
            "/agendas/{agenda}/state",
            query: ["at", "kind", "after", "limit"],
            for: .readers(of: .folded, .read, SyncService.state)
        ),
        Route(
            .get,
            "/agendas/{agenda}/subjects/{kind}/{id}",
            query: ["at"],
            for: .readers(of: .folded, .read, SyncService.subject)
        ),
        Route(
            .get,
            "/agendas/{agenda}/progress",
            query: [],
            for: .readers(of: .folded, .read, SyncService.progress)
        ),
        Route(
            .get,
            "/agendas/{agenda}/conflicts",
            query: ["kind", "subject", "after", "limit"],
            for: .members(.read, .read, SyncService.conflicts)
        ),
        Route(
            .get,
            "/agendas/{agenda}/rejections",
            query: ["after", "limit"],
            for: .members(.readRejections, .read, SyncService.rejections)
        ),

        // What happened: histories hold names, and say who did what when, so they are for members everywhere.
        Route(
            .get,
            "/agendas/{agenda}/subjects/{kind}/{id}/history",
            query: ["after", "limit"],
            for: .members(.read, .read, SyncService.history)
        ),
        Route(
            .get,
            "/agendas/{agenda}/subjects/{kind}/{id}/blame",
            query: ["at"],
            for: .members(.read, .read, SyncService.blame)
        ),
        Route(
            .get,
            "/agendas/{agenda}/diff",
            query: ["from", "to", "kind", "after", "limit"],
            for: .members(.read, .historicalRead, SyncService.difference)
        ),

        // Who takes part.
        Route(
            .get,
            "/agendas/{agenda}/invites",
            query: [],
            for: .members(.administer, .administration, SyncService.invites)
        ),
        Route(.post, "/agendas/{agenda}/invites", for: .members(.administer, .administration, SyncService.invite)),
        Route(
            .delete,
            "/agendas/{agenda}/invites/{id}",
            for: .members(.administer, .administration, SyncService.withdrawInvite)
        ),
        Route(
            .delete,
            "/agendas/{agenda}/devices/{id}",
            for: .members(.administer, .administration, SyncService.revokeDevice)
        ),
        Route(.post, "/agendas/{agenda}/token", for: .members(.manageDevice, .administration, SyncService.renewToken)),
        Route(
            .delete,
            "/agendas/{agenda}/token",
            for: .members(.manageDevice, .administration, SyncService.endOtherTokens)
        ),
    ])
}
