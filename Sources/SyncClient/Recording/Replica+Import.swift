public import AgendaModel
internal import EventLog
internal import EventLogSQLite

extension Replica {
    /// Records many events, or, when a line cannot be recorded, none of them.
    ///
    /// The input is NDJSON. Each line is an object with
    ///
    /// - `type`: the event's type;
    /// - `data`: its data;
    /// - `subject`: what it is about; absent in creating events of kinds without given names;
    /// - `as`: optional, in creating events: a local name by which later lines may refer to the subject. It has 1 to 64
    ///   characters of a-z, 0-9, `-` and `_`;
    /// - `time`: optional: when it happened, instead of now. It is not in the future, by this laptop's clock or by what
    ///   the server recorded last, whichever is later.
    ///
    /// `$<local name>` stands for the subject of the line that defined it. It may be a `subject`. In `data` it may be
    /// wherever the catalogue has a reference, as a value or as a map's key. Empty lines are skipped.
    ///
    /// A line may also be an event or an entry, such as an export of a log has: what has a `specversion`. It is recorded
    /// anew, by this device, with its type, data and time. What it created is called differently then, and later lines
    /// follow wherever they mention it. Its basis stays, as far as the entries at the input's beginning show that both
    /// logs are the same. Events that the log has already are passed over.
    ///
    /// - Parameters:
    ///   - ndjson: the lines.
    ///   - devices: of lines that are events, only those of these devices; nil = all.
    /// - Returns: what was recorded, and what was passed over.
    /// - Throws: `ReplicaError` with code `invalidImport` and the line's number, or one about files.
    @discardableResult
    public func importEvents(_ ndjson: [UInt8], of devices: Set<DeviceID>? = nil) throws(ReplicaError) -> ImportSummary
    {
        let file = try ImportFile(ndjson, now: performing("reading the log's end", latestMoment))
        let devices = devices.map { Set($0.map(\.rawValue)) }
        let sources = Set(file.lines.compactMap(\.imported?.source))
        if let stranger = devices?.subtracting(sources).min() {
            throw ReplicaError(
                .invalidImport,
                "no line is an event of \(stranger)",
                nextStep: "ambit status says which device a replica is, ambit device list which there are"
            )
        }
        return try performing("recording the file's events") {
            let known = try KnownEvents(of: file, in: store)
            var summary = ImportSummary(events: 0, names: [])
            let recorded = try recording { composer, first in
                var (known, names) = (known, LocalNames())
                var events: [RecordedEvent] = []
                for line in file.lines {
                    if let imported = line.imported, let reason = reason(toPass: imported, devices, &known) {
                        summary.passed[keyPath: reason] += 1
                        continue
                    }
                    do {
                        let counter = first + events.count
                        let event = try composer.compose(
                            try names.resolve(line, common: known.common),
                            counter: counter
                        )
                        names.define(line, as: event.subject)
                        events.append(event)
                    } catch let error as ReplicaError {
                        throw error.onLine(line.number)
                    }
                }
                summary.names = names.subjects
                return events
            }
            summary.events = recorded.count
            return summary
        }
    }

    /// Why an event is not re-recorded, as the count that it belongs to; nil when it is.
    private func reason(
        toPass event: ImportedEvent,
        _ devices: Set<String>?,
        _ known: inout KnownEvents
    ) -> WritableKeyPath<ImportSummary.Passed, Int>? {
        if let devices, !devices.contains(event.source) { return \.otherDevices }
        if known.meet(event) { return \.known }
        if event.isErased { return \.erased }
        return event.isUnrepeatable ? \.unrepeatable : nil
    }

    /// What cannot lie in the future: a clock that is years back still has a log that is not.
    private func latestMoment() throws -> Timestamp {
        let (now, size) = (environment.now(), try store.head().size)
        guard size > .zero else { return now }
        let last = try store.entry(at: (size - 1).next)
        return max(now, last.withUnsafeBufferPointer { EntrySuffix.recordedTime(of: $0) } ?? now)
    }
}
