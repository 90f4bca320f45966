internal import HTTPTypes

extension RouteTable {
    /// Everything that the server answers.
    ///
    /// `Protocol/openapi.yaml` describes the same for clients; a test holds the two against each other.
    static let server = RouteTable([
        // The server itself.
        Route(.get, "/v1/agendas", query: [], for: .visitors(.read, SyncService.agendas)),
        Route(.get, "/healthz", for: .operators(SyncService.health)),
        Route(.get, "/readyz", for: .operators(SyncService.readiness)),
        Route(.get, "/v1/agendas/{agenda}/ready", for: .operators(SyncService.agendaReadiness)),
        Route(.get, "/metrics", for: .operators(SyncService.metrics)),
        Route(.get, "/v1/openapi.json", for: .everybody(SyncService.contract)),
        Route(.get, "/v1/openapi.yaml", for: .everybody(SyncService.writtenContract)),
        Route(.get, "/problems/{name}", for: .everybody(SyncService.problem)),

        // Pages, for people.
        Route(.get, "/agendas/{agenda}", query: SyncService.pageQuery, for: .visitors(.read, SyncService.page)),
        Route(.get, "/agendas/{agenda}/{+page}", query: SyncService.pageQuery, for: .visitors(.read, SyncService.page)),

        // Writing.
        Route(
            .post,
            "/v1/agendas/{agenda}/devices",
            for: .newcomers(.enrolment, SyncService.enrol),
            noting: "a device was enrolled"
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/events",
            query: ["after", "limit", "wait"],
            for: .readers(of: .log, .pull, SyncService.events),
            saysSize: true
        ),
        Route(.post, "/v1/agendas/{agenda}/events", for: .members(.push, .push, SyncService.push)),
        Route(
            .post,
            "/v1/agendas/{agenda}/heal",
            for: .members(.administer, .repair, SyncService.heal),
            restores: true,
            noting: "entries were given back"
        ),

        // The log and its proofs.
        Route(
            .get,
            "/v1/agendas/{agenda}/checkpoint",
            query: ["cosignatures", fresh],
            for: .readers(of: .log, nil, SyncService.checkpoint)
        ),
        Route(
            .post,
            "/v1/agendas/{agenda}/checkpoint",
            query: [],
            for: .newcomers(.pull, SyncService.compareCheckpoint),
            restores: true
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/tile/{level}/{+tile}",
            query: [],
            for: .readers(of: .log, .pull, SyncService.tile),
            exists: { $0.tile != nil }
        ),

        Route(
            .get,
            "/v1/agendas/{agenda}/evidence/{position}",
            query: [],
            for: .readers(of: .folded, .read, SyncService.evidence),
            exists: { $0.position != nil }
        ),

        // What is folded from the log.
        Route(.get, "/v1/agendas/{agenda}", query: [], for: .readers(of: .folded, .read, SyncService.description)),
        Route(
            .get,
            "/v1/agendas/{agenda}/state",
            query: ["at", "kind", "after", "limit"],
            for: .readers(of: .folded, .read, SyncService.state)
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/subjects/{kind}/{id}",
            query: ["at"],
            for: .readers(of: .folded, .read, SyncService.subject)
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/progress",
            query: [],
            for: .readers(of: .folded, .read, SyncService.progress)
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/conflicts",
            query: ["kind", "subject", "after", "limit"],
            for: .members(.read, .read, SyncService.conflicts)
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/rejections",
            query: ["after", "limit"],
            for: .members(.readRejections, .read, SyncService.rejections)
        ),

        // What other programs keep up with, and read as files.
        Route(
            .get,
            "/v1/agendas/{agenda}/changes",
            query: ["since", "kind", "limit", "digest"],
            for: .readers(of: .folded, .read, SyncService.changes),
            noting: "changes were taken"
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/snapshots",
            query: [],
            for: .readers(of: .folded, .read, SyncService.snapshots)
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/snapshots/latest/{file}",
            query: ["at"],
            for: .members(.read, .pull, SyncService.latestSnapshotFile)
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/snapshots/{size}/{file}",
            query: [],
            for: .members(.read, .pull, SyncService.snapshotFile),
            noting: "a file was taken"
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/snapshots/latest/public/{file}",
            query: ["at"],
            for: .readers(of: .folded, .pull, SyncService.latestPublicSnapshotFile)
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/snapshots/{size}/public/{file}",
            query: [],
            for: .readers(of: .folded, .pull, SyncService.publicSnapshotFile),
            noting: "a file was taken"
        ),

        // What happened: histories hold names, and say who did what when, so they are for members everywhere.
        Route(
            .get,
            "/v1/agendas/{agenda}/subjects/{kind}/{id}/history",
            query: ["after", "limit"],
            for: .members(.read, .read, SyncService.history)
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/subjects/{kind}/{id}/blame",
            query: ["at"],
            for: .members(.read, .read, SyncService.blame)
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/diff",
            query: ["from", "to", "kind", "after", "limit"],
            for: .members(.read, .read, SyncService.difference)
        ),

        // Who takes part.
        Route(
            .get,
            "/v1/agendas/{agenda}/invites",
            query: [fresh],
            for: .members(.administer, .administration, SyncService.invites)
        ),
        Route(
            .post,
            "/v1/agendas/{agenda}/invites",
            for: .members(.administer, .administration, SyncService.invite),
            noting: "an invite was made"
        ),
        Route(
            .delete,
            "/v1/agendas/{agenda}/invites/{id}",
            for: .members(.administer, .administration, SyncService.withdrawInvite),
            noting: "an invite was taken back"
        ),
        Route(
            .get,
            "/v1/agendas/{agenda}/devices",
            query: [fresh],
            for: .members(.administer, .administration, SyncService.devicesSeen)
        ),
        Route(
            .delete,
            "/v1/agendas/{agenda}/devices/{id}",
            for: .members(.administer, .administration, SyncService.revokeDevice),
            noting: "a device was revoked"
        ),
        Route(
            .post,
            "/v1/agendas/{agenda}/token",
            for: .members(.manageDevice, .administration, SyncService.renewToken),
            noting: "a token was made"
        ),
        Route(
            .delete,
            "/v1/agendas/{agenda}/token",
            for: .members(.manageDevice, .administration, SyncService.endOtherTokens),
            noting: "tokens were ended"
        ),
    ])

    /// What this is given is not looked at: a cache that has never been asked for it has to ask here.
    private static let fresh = "fresh"
}
