import AgendaModel
import EventLog
import Foundation
import SyncProtocol
import TypedInput
import Wording

/// A state that a person names: `4107`, `2026-03-01` or `gisteren` (the whole of that day), `2026-03-01T12:00:00Z`.
struct StateArgument {
    private let text: String
    private let localizer: Localizer
    /// Whether to say which size a day is.
    private let isTold: Bool
    /// The day, `YYYY-MM-DD`; nil for a size or a moment.
    private let day: String?
    private let reference: StateReference

    /// - Throws: `InputError` for a day that may be meant in two ways; `Failure` for anything that is no state.
    init(_ text: String, in language: LanguageOptions, for output: OutputOptions) throws {
        self.text = text
        localizer = language.localizer(for: output)
        isTold = !output.json
        day = try DayText.value(text, by: language.typist(for: output))
        if let day, let next = Self.start(of: day, plus: 1, in: localizer.timeZone) {
            reference = .moment(Timestamp(millisecondsSince1970: next.millisecondsSince1970 - 1))
        } else if let found = StateReference(text) {
            reference = found
        } else {
            throw Failure(localizer.message(.noState, ["text": text]), code: "invalid-range")
        }
    }

    /// The size that it stands for in a log.
    func size(in log: any LogReader) throws -> LogSize {
        let head = try log.head().size
        switch reference {
        case .moment(let moment):
            try Self.warn(of: log)
            return try told(.sizeTaken, log.size(at: moment))
        case .size(let size) where size > head:
            throw Failure("The log has \(head) entries, not \(size).", code: "invalid-range")
        case .size(let size): return size
        }
    }

    /// The size at which a stretch of a log begins: a size itself, or how much had been recorded before a day or a moment.
    func start(in log: any LogReader) throws -> LogSize {
        guard case .moment(var moment) = reference else { return try size(in: log) }
        try Self.warn(of: log)
        if let day, let start = Self.start(of: day, in: localizer.timeZone) { moment = start }
        let size = try log.size(at: Timestamp(millisecondsSince1970: moment.millisecondsSince1970 - 1))
        return told(.startTaken, size)
    }

    /// Says which size a day was taken for.
    private func told(_ message: Message, _ size: LogSize) -> LogSize {
        guard let day, isTold else { return size }
        let zone = localizer.timeZone == .gmt ? "UTC" : localizer.timeZone.identifier
        let values = ["text": localizer.date(day), "zone": zone, "size": localizer.number("\(size)")]
        Output.note("ambit: \(localizer.message(message, values))")
        return size
    }

    private static func start(of day: String, plus days: Int = 0, in timeZone: TimeZone) -> Timestamp? {
        guard let noon = Timestamp(day + "T12:00:00.000Z") else { return nil }
        return Timestamp(startOf: noon.day(in: .gmt, plus: days), in: timeZone)
    }

    /// Says from where on times say nothing about a log, because its server's clock was far ahead once.
    private static func warn(of log: any LogReader) throws {
        guard let first = try log.firstEntry(farAheadOf: RuntimeEnvironment.system.now()) else { return }
        Output.note(
            "ambit: from entry \(first) on the log has times from the future: no day or moment finds those entries; give a size "
                + "instead, which ambit log shows as the entry's number plus one"
        )
    }
}
