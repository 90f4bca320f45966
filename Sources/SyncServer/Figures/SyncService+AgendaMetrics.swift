internal import AgendaModel
internal import EventLog
internal import SyncProtocol

extension SyncService {
    /// How a figure of several agendas is told without their names.
    private enum Together {
        case sum
        case least
        case greatest

        func of(_ values: [Double]) -> Double? {
            switch self {
            case .sum: values.reduce(0, +)
            case .least: values.min()
            case .greatest: values.max()
            }
        }
    }

    /// Adds the figures of agendas: of each that may be named, and of all others together.
    func addAgendas(
        _ agendas: [HostedAgenda],
        named isNamed: (HostedAgenda) -> Bool,
        to text: inout MetricsText
    ) {
        let named = agendas.filter(isNamed)
        let others = agendas.filter { !isNamed($0) }
        func gauge(_ name: String, _ together: Together, help: String, _ value: (HostedAgenda) -> Double?) {
            var samples = named.compactMap { agenda -> (labels: MetricsText.Labels, value: Double)? in
                value(agenda).map { ([("agenda", "\(agenda.name)")], $0) }
            }
            if let rest = together.of(others.compactMap(value)) { samples.append(([], rest)) }
            text.gauge(name, help: help, samples)
        }
        let without = "of each agenda that may be named; without a name, of all others"
        gauge("ambit_log_entries", .sum, help: "Entries in the log \(without).") {
            Double($0.sequencer.head.size.rawValue)
        }
        gauge("ambit_log_bytes", .sum, help: "Bytes of the log on the disk \(without).") {
            $0.place.logBytes().map(Double.init)
        }
        gauge("ambit_push_queue", .sum, help: "Pushes and enrolments that wait for a commit \(without).") {
            Double($0.sequencer.waitingCount)
        }
        let now = environment.now()
        gauge(
            "ambit_checkpoint_age_seconds",
            .least,
            help: "Time since the last entry, by the clock \(without): the least."
        ) {
            $0.sequencer.head.recordedTime.map {
                Double(now.millisecondsSince1970 - $0.millisecondsSince1970) / 1000
            }
        }
        gauge("ambit_projection_lag_entries", .greatest, help: "Entries not yet folded \(without): the greatest.") {
            Double(max(0, $0.sequencer.head.size.rawValue - $0.readModels.size.rawValue))
        }
        gauge(
            "ambit_free_bytes",
            .least,
            help: "Bytes that can still be written where the log is \(without): the least."
        ) {
            $0.place.freeBytes().map(Double.init)
        }
        gauge("ambit_agenda_ready", .least, help: "Whether entries are taken, 1 or 0, \(without): the least.") {
            self.obstacle(of: $0) == nil ? 1 : 0
        }
        gauge(
            "ambit_last_backup_timestamp_seconds",
            .least,
            help: "When the newest backup was made, in seconds since 1970, \(without): the oldest of these."
        ) { $0.place.lastBackup().map { Double($0.millisecondsSince1970) / 1000 } }
        addDevices(of: named, to: &text)
        text.gauge(
            "ambit_agenda_state",
            help:
                "How the logs stand: 1 for the state of each agenda that may be named; without a name, how many others are in it.",
            standings(named: named, others: others)
        )
    }

    /// When each device of an agenda was last seen, with which version, and what it lacks.
    ///
    /// Only of agendas that may be named to whoever asks, and that keep their members to themselves: who has the token.
    private func addDevices(of agendas: [HostedAgenda], to text: inout MetricsText) {
        let seen = agendas.filter { !$0.isOpen }.flatMap { agenda in
            agenda.devicesSeen.items.prefix(Self.maximumDevices).map { (agenda, $0) }
        }
        func labels(_ agenda: HostedAgenda, _ device: DeviceSightings.Item) -> MetricsText.Labels {
            [("agenda", "\(agenda.name)"), ("device", device.device)]
        }
        text.gauge(
            "ambit_device_last_seen_timestamp_seconds",
            help: "When a device last asked for something, in seconds since 1970.",
            seen.compactMap { agenda, device in
                Timestamp(device.lastSeen).map {
                    (
                        labels(agenda, device) + [("version", device.version ?? "")],
                        Double($0.millisecondsSince1970) / 1000
                    )
                }
            }
        )
        text.gauge(
            "ambit_device_lag_entries",
            help: "Entries that a device lacked when it last said how many it has, by the log's present size.",
            seen.compactMap { agenda, device in
                device.size.map { (labels(agenda, device), Double(max(0, agenda.sequencer.head.size.rawValue - $0))) }
            }
        )
    }

    /// More of one agenda are not told of.
    private static let maximumDevices = 1000

    private func standings(
        named: [HostedAgenda],
        others: [HostedAgenda]
    ) -> [(labels: MetricsText.Labels, value: Double)] {
        let each = named.map { agenda -> (labels: MetricsText.Labels, value: Double) in
            ([("agenda", "\(agenda.name)"), ("state", agenda.sequencer.standing.word)], 1)
        }
        let rest = Dictionary(grouping: others, by: \.sequencer.standing.word)
        return each
            + LogStanding.words.map { word in ([("state", word)], Double(rest[word]?.count ?? 0)) }
    }
}
