internal import AgendaModel
internal import Dispatch
internal import EventLog
internal import HTTPTypes
internal import SyncProtocol
internal import Synchronization

/// What an agenda's server has last seen of each device: when, with which version, and how much of the log it had.
///
/// Kept beside the log, so that it outlasts the process; what the last minute brought may be lost with the power. Requests note
/// it, and nothing waits for it. Nothing is decided by it, so what is kept has no check: it is shown, and the next request of a
/// device puts it right.
final class DevicesSeen: Sendable {
    /// What is noted is written no more often.
    private static let pause = 60_000
    /// In bytes.
    private static let maximumVersion = 32

    private struct State {
        var items: [DeviceID: DeviceSightings.Item]
        /// nil when everything is written.
        var unwrittenSince: Timestamp?
    }

    private let now: @Sendable () -> Timestamp
    private let place: AgendaPlace
    /// Held for a look-up; writing happens outside.
    private let state: Mutex<State>
    /// Writes, one after the other: a disk that is slow holds up no request.
    private let writing = DispatchQueue(label: "ambit.devices-seen", qos: .utility)

    init(at place: AgendaPlace, now: @escaping @Sendable () -> Timestamp) {
        self.place = place
        self.now = now
        let known = place.readDevicesSeen().flatMap { try? ProtocolJSON.decode(DeviceSightings.self, from: $0) }
        let items = (known?.devices ?? []).map { (DeviceID(unchecked: $0.device), $0) }
        state = Mutex(State(items: Dictionary(items) { $1 }))
    }

    /// Notes that a device has asked for something.
    ///
    /// - Parameters:
    ///   - device: one that has access.
    ///   - headers: of its request.
    ///   - size: how many entries it says that it has; nil when it does not say.
    func note(_ device: DeviceID, _ headers: HTTPFields, size: LogSize?) {
        let moment = now()
        let size = size ?? headers[.ambitSize].flatMap { DecimalNumber.parse($0) }.map { LogSize($0) }
        let isDue = state.withLock { state in
            var item = state.items[device] ?? .init(device: device.rawValue, lastSeen: "")
            item.lastSeen = "\(moment)"
            if let version = headers[.userAgent].flatMap(Self.readable) { item.version = version }
            if let size { item.size = size.rawValue }
            state.items[device] = item
            guard let since = state.unwrittenSince else {
                state.unwrittenSince = moment
                return false
            }
            let isDue = !(0..<Self.pause).contains(moment.millisecondsSince1970 - since.millisecondsSince1970)
            if isDue { state.unwrittenSince = moment }
            return isDue
        }
        if isDue { writing.async { [self] in writeNow() } }
    }

    /// All that is known, by device.
    var items: [DeviceSightings.Item] { state.withLock { $0.items.values.sorted { $0.device < $1.device } } }

    /// Writes what is noted, and what was to be written before; where that fails, it is only known as long as the process runs.
    ///
    /// Blocks.
    func write() { writing.sync { writeNow() } }

    private func writeNow() {
        guard let text = try? ProtocolJSON.encode(DeviceSightings(devices: items)) else { return }
        place.writeDevicesSeen(Array(text))
    }

    /// What a program calls itself, as far as it can be shown anywhere: `ambit/0.1.0`.
    private static func readable(_ text: String) -> String? {
        let bytes = text.utf8.prefix(maximumVersion).prefix { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        return bytes.isEmpty ? nil : String(decoding: Array(bytes), as: UTF8.self)
    }
}
