internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Projections
internal import SyncProtocol

extension SyncService {
    /// `GET /metrics`: figures for whoever watches the server, in base units.
    ///
    /// Without the token of `ServerOptions.metricsToken` nobody learns the names of other agendas than `GET /agendas` gives
    /// to anybody: theirs are added up.
    ///
    /// Anybody may ask: the figures are written once for all who ask meanwhile.
    func metrics(_ request: IncomingRequest) async throws -> Response {
        let knowsAll: Bool
        if case .token(let hash) = request.credentials {
            guard hash == current.metricsToken else {
                throw ProblemDetails(.unauthenticated, "That is not the token for metrics.")
            }
            knowsAll = true
        } else {
            knowsAll = false
        }
        let text = try await writingMetrics.freshValue(for: knowsAll) { [self] in
            let agendas = registry.current
            // Nobody else may have asked since an agenda was closed to the public.
            for agenda in agendas.open { await agenda.sequencer.refresh() }
            return try await looking.run(for: "metrics") { [self] in metrics(of: agendas, knowsAll: knowsAll) }
        }
        return Response(text, type: "text/plain; version=0.0.4; charset=utf-8", cache: .never)
    }

    /// Asks the disk for every agenda; blocks.
    private func metrics(of agendas: (open: [HostedAgenda], failed: [AgendaName]), knowsAll: Bool) -> [UInt8] {
        var text = MetricsText()
        addWork(to: &text)
        addPushes(to: &text)
        addAgendas(agendas.open, named: { knowsAll || $0.isOpen }, to: &text)
        let failed = agendas.failed.map { ([("agenda", "\($0)")], 1.0) }
        text.gauge(
            "ambit_agendas_failed",
            help: "Agendas that could not be opened: each of them where all may be named, else how many.",
            knowsAll && !failed.isEmpty ? failed : [([], Double(failed.count))]
        )
        addWitnesses(knowsAll: knowsAll, to: &text)
        addServer(to: &text)
        return Array(text.text.utf8)
    }

    private func addWork(to text: inout MetricsText) {
        let values = counters.current
        let requests = values.requests.sorted { ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status) }
        text.counter(
            "ambit_requests_total",
            help: "Answered requests by route and status.",
            requests.map { ([("route", $0.key.route), ("status", "\($0.key.status)")], $0.value) }
        )
        text.histogram(
            "ambit_request_duration_seconds",
            help: "Time until the answer to a request began, by route.",
            values.durations.sorted { $0.key < $1.key }.map { ([("route", $0.key)], $0.value) }
        )
        text.counter("ambit_pulled_bytes_total", help: "Bytes of entries that were sent.", [([], values.pulledBytes)])
        text.gauge(
            "ambit_followers",
            help: "Live streams, and pulls that wait for an entry.",
            [([], Double(limiter.count(of: .follower)))]
        )
        text.counter(
            "ambit_followers_cut_off_total",
            help: "Live streams that were ended because their connection took nothing.",
            [([], values.followersCutOff)]
        )
        text.gauge("ambit_connections", help: "Open connections.", [([], Double(connections.count))])
    }

    private func addPushes(to text: inout MetricsText) {
        let values = counters.current
        text.counter("ambit_pushes_total", help: "Pushes that were answered with verdicts.", [([], values.pushes)])
        text.counter(
            "ambit_pushed_events_total",
            help: "Events in pushes by verdict.",
            [
                ([("verdict", "accepted")], values.accepted), ([("verdict", "duplicate")], values.duplicate),
                ([("verdict", "rejected")], values.rejected.values.reduce(0, +)),
            ]
        )
        text.counter(
            "ambit_rejections_total",
            help: "Refused events by type of problem.",
            values.rejected.sorted { $0.key < $1.key }.map { ([("type", $0.key)], $0.value) }
        )
        text.histogram(
            "ambit_commit_duration_seconds",
            help: "Time that the store took for a commit.",
            [([], values.commitSeconds)]
        )
        text.histogram("ambit_commit_entries", help: "Entries that a commit added.", [([], values.commitEntries)])
        text.counter(
            "ambit_upkeep_failures_total",
            help: "What the writers of logs could not do beside the commits, by work: each is tried again.",
            UpkeepFailure.Work.allCases.map { ([("work", $0.rawValue)], values.upkeepFailures[$0] ?? 0) }
        )
    }

    private func addWitnesses(knowsAll: Bool, to text: inout MetricsText) {
        let witnesses = counters.current.witnesses.sorted { $0.key < $1.key }
        let open = Set(registry.current.open.filter { knowsAll || $0.isOpen }.map(\.name))
        text.gauge(
            "ambit_witness_size_entries",
            help: "Entries of each agenda's log that a witness has cosigned.",
            witnesses.flatMap { name, witness in
                witness.sizes.sorted { $0.key < $1.key }.filter { open.contains($0.key) }.map {
                    ([("witness", name), ("agenda", "\($0.key)")], Double($0.value.rawValue))
                }
            }
        )
        text.counter(
            "ambit_witness_errors_total",
            help: "Times that a witness did not cosign.",
            witnesses.map { ([("witness", $0)], $1.errors) }
        )
    }

    private func addServer(to text: inout MetricsText) {
        if let expiry = certificateExpiry() {
            text.gauge(
                "ambit_certificate_expiry_timestamp_seconds",
                help: "Until when the TLS certificate is good, in seconds since 1970.",
                [([], Double(expiry.millisecondsSince1970) / 1000)]
            )
        }
        text.gauge(
            "ambit_build_info",
            help: "The version that runs; always 1.",
            [([("version", Software.version)], 1)]
        )
    }
}
