internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `GET /healthz`: the process answers.
    func health(_: IncomingRequest) -> Response {
        Response(Array("ok\n".utf8), type: Self.text, cache: .never)
    }

    /// `GET /readyz`: requests can be served.
    ///
    /// An agenda that cannot be opened, or takes no entries, does not keep the others from it, unless no other is left.
    func readiness(_: IncomingRequest) async -> Response {
        if isStopping {
            return Response(ProblemDetails(.busy, "The server is stopping."))
        }
        guard await registry.canList() else {
            return Response(ProblemDetails(.unavailable, "The server's data cannot be read."))
        }
        let current = registry.current
        let incomplete = current.open.count { $0.sequencer.obstacle != nil }
        let hasReady = current.open.count > incomplete || current.failed + incomplete == 0
        let text =
            "\(hasReady ? "ready" : "not ready")\nagendas open: \(current.open.count)\nagendas that take no entries: "
            + "\(incomplete)\nagendas not opened: \(current.failed)\n"
        return Response(
            status: hasReady ? .ok : .serviceUnavailable,
            Array(text.utf8),
            type: Self.text,
            cache: .never
        )
    }

    /// `GET /agendas/<name>/ready`: the agenda can be read, and written to.
    func agendaReadiness(_ request: IncomingRequest) async throws -> Response {
        let sequencer = try await registry.agenda(request.path["agenda"]).sequencer
        guard let why = sequencer.obstacle else {
            return Response(Array("ready\n".utf8), type: Self.text, cache: .never)
        }
        throw ProblemDetails(.readOnly, saying: why)
    }

    /// `GET /metrics`: counters in the Prometheus text format.
    func metrics(_: IncomingRequest) -> Response {
        let values = counters.current
        let agendas = registry.current
        var text = ""
        func family(_ name: String, _ type: String, help: String, samples: [(labels: String, value: Int)]) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
            for sample in samples { text += "\(name)\(sample.labels) \(sample.value)\n" }
        }
        family(
            "ambit_requests_total",
            "counter",
            help: "Answered requests by class of status.",
            samples: values.requests.sorted { $0.key < $1.key }.map { (#"{status="\#($0.key)xx"}"#, $0.value) }
        )
        family("ambit_busy_total", "counter", help: "Requests answered with 503.", samples: [("", values.busy)])
        family(
            "ambit_rate_limited_total",
            "counter",
            help: "Requests answered with 429.",
            samples: [("", values.limited)]
        )
        family(
            "ambit_pushes_total",
            "counter",
            help: "Pushes that were answered with verdicts.",
            samples: [("", values.pushes)]
        )
        family(
            "ambit_pushed_events_total",
            "counter",
            help: "Events in pushes by verdict.",
            samples: [
                (#"{verdict="accepted"}"#, values.accepted),
                (#"{verdict="duplicate"}"#, values.duplicate),
                (#"{verdict="rejected"}"#, values.rejected),
            ]
        )
        family(
            "ambit_pulled_bytes_total",
            "counter",
            help: "Bytes of entries that were sent.",
            samples: [("", values.pulledBytes)]
        )
        family(
            "ambit_followers",
            "gauge",
            help: "Live streams, and pulls that wait for an entry.",
            samples: [("", limiter.count(of: .follower))]
        )
        family(
            "ambit_followers_cut_off_total",
            "counter",
            help: "Live streams that were ended because their connection took nothing.",
            samples: [("", values.followersCutOff)]
        )
        family(
            "ambit_log_entries",
            "gauge",
            help: "Entries in the log of each public agenda; without a name, of all others that are open.",
            samples: Self.logEntries(of: agendas.open)
        )
        family(
            "ambit_agendas_failed",
            "gauge",
            help: "Agendas that could not be opened.",
            samples: [("", agendas.failed)]
        )
        family(
            "ambit_agenda_state",
            "gauge",
            help:
                "How the logs stand: 1 for the state of each public agenda; without a name, how many others are in it.",
            samples: Self.standings(of: agendas.open)
        )
        family(
            "ambit_upkeep_failures_total",
            "counter",
            help: "What the writers of logs could not do beside the commits, by work: each is tried again.",
            samples: UpkeepFailure.Work.allCases.map {
                (#"{work="\#($0.rawValue)"}"#, values.upkeepFailures[$0] ?? 0)
            }
        )
        return Response(Array(text.utf8), type: "text/plain; version=0.0.4; charset=utf-8", cache: .never)
    }

    /// `GET /openapi.yaml`: the contract of the parts in JSON.
    func contract(_: IncomingRequest) -> Response {
        Response(PackageResources.openapi_yaml, type: "application/yaml")
    }

    /// `GET /problems/<name>`: what a type of problem means.
    func problem(_ request: IncomingRequest) throws(ProblemDetails) -> Response {
        guard let problem = ProblemType(rawValue: request.path["name"]) else {
            throw ProblemDetails(.notFound, "There is no such type of problem.")
        }
        let text = "\(problem.title)\n\n\(problem.nextStep)\n"
        return Response(Array(text.utf8), type: Self.text)
    }

    /// Who reads the metrics learns the names of no other agendas than `GET /agendas` gives to anybody.
    private static func logEntries(of agendas: [HostedAgenda]) -> [(labels: String, value: Int)] {
        let isPublic = agendas.map { ($0, $0.isOpen) }
        let rest = isPublic.reduce(0) { $0 + ($1.1 ? 0 : $1.0.sequencer.head.size.rawValue) }
        return isPublic.filter(\.1).map { (#"{agenda="\#($0.0.name)"}"#, $0.0.sequencer.head.size.rawValue) } + [
            ("", rest)
        ]
    }

    private static func standings(of agendas: [HostedAgenda]) -> [(labels: String, value: Int)] {
        let others = agendas.filter { !$0.isOpen }
        return agendas.filter(\.isOpen).map {
            (#"{agenda="\#($0.name)",state="\#($0.sequencer.standing.word)"}"#, 1)
        }
            + LogStanding.words.map { word in
                (#"{state="\#(word)"}"#, others.count { $0.sequencer.standing.word == word })
            }
    }

    private static let text = "text/plain; charset=utf-8"
}
