public import AgendaModel

/// Makes valid events of an agenda on which several devices work at once, each seeing the log up to where it synced
/// last.
///
/// The same seed gives the same events.
///
/// The events come in an order in which a log can accept them: what an event refers to was created before it, and its
/// author could know of it.
public struct AgendaGenerator: Sendable {
    /// An event that was made.
    public struct Event: Hashable, Sendable {
        /// The line, without newline and without `recordedtime`.
        public var line: [UInt8]
        /// Who recorded it.
        public var source: EventSource
        /// The source's own number of the event.
        public var counter: Counter
        /// The subject that the event is about.
        public var subject: String
        /// Whether the event creates its subject.
        public var isCreating: Bool
    }

    struct Device: Sendable {
        var id: String
        var counter = 0
        /// Up to where the device has seen the log.
        var basis = 0
    }

    struct Subject: Sendable {
        var name: String
        var position: Int
        /// Index of the device that created it.
        var device: Int
    }

    var random: SplitMix64
    var devices: [Device]
    /// By kind.
    var subjects: [String: [Subject]] = [:]
    private var serverCounter = 0
    private var size = 0
    /// Whose turn it is, and for how many events.
    private var turn = (device: 0, left: 0)
    private let burst: Int
    /// The moment of the event that is made next, before each device's own error; milliseconds since 1970.
    private var clock = 1_767_225_600_000

    /// - Parameters:
    ///   - seed: from which everything follows.
    ///   - devices: how many laptops take part, 1 to 1,000.
    ///   - burst: how many events of one device come after each other at most.
    public init(seed: UInt64, devices: Int = 4, burst: Int = 12) {
        precondition((1...1_000).contains(devices), "an agenda is generated for 1 to 1,000 devices")
        random = SplitMix64(seed: seed)
        self.burst = max(burst, 1)
        self.devices = (0..<devices).map { Device(id: Self.deviceID($0)) }
    }

    /// The identities of the devices, without `device/`.
    public var deviceIDs: [String] { devices.map(\.id) }

    /// How many events have been made.
    public var count: Int { size }

    /// The moment of the event made last, by a clock without error: recorded times lie at or after it.
    public var now: Timestamp { Timestamp(millisecondsSince1970: clock) }

    /// The next event: first those of the server that found the agenda and enrol the devices, then the devices' own
    /// without end.
    ///
    /// - Parameter committed: how much of the log a device can have seen at most; nil = all events made so far. For
    ///   making a batch that is pushed together.
    /// - Returns: the event.
    public mutating func next(committed: LogSize? = nil) -> Event {
        clock += Int.random(in: 0...2_000, using: &random)
        let event = size < 1 + 2 * devices.count ? foundingEvent() : deviceEvent(seeing: committed?.rawValue ?? size)
        size += 1
        return event
    }

    // Six characters of a-z and 0-9, different for each.
    private static func deviceID(_ index: Int) -> String {
        let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz")
        var rest = index * 7_919 + 31_415
        var id = "d"
        for _ in 0..<5 {
            id.append(digits[rest % 36])
            rest /= 36
        }
        return id
    }

    private mutating func foundingEvent() -> Event {
        let index = (size - 1) / 2
        serverCounter += 1
        if size == 0 {
            return serverEvent("agenda.founded", "agenda/proef", #"{"title":"Proefagenda","region":"Assen"}"#)
        } else if size % 2 == 1 {
            let role = ["admin", "editor", "recorder"][min(index, 2)]
            let data = #"{"name":"Deelnemer \#(index + 1)","role":"\#(role)"}"#
            return serverEvent("member.joined", "member/m\(devices[index].id)", data, salt: salt())
        }
        let data = #"{"member":"member/m\#(devices[index].id)","name":"Laptop \#(index + 1)"}"#
        return serverEvent("device.enrolled", "device/\(devices[index].id)", data)
    }

    private func serverEvent(_ type: String, _ subject: String, _ data: String, salt: String? = nil) -> Event {
        Event(
            line: line(serverCounter, "server", type, subject, time: clock, basis: size, data, salt),
            source: .server,
            counter: Counter(serverCounter),
            subject: subject,
            isCreating: true
        )
    }

    private mutating func deviceEvent(seeing visible: Int) -> Event {
        if turn.left == 0 {
            turn = (Int.random(in: devices.indices, using: &random), Int.random(in: 1...burst, using: &random))
        }
        turn.left -= 1
        let index = turn.device
        // Now and then a device syncs; in between it goes on with what it knows.
        if random.chance(0.2) || devices[index].basis == 0 {
            devices[index].basis = max(devices[index].basis, min(visible, size))
        }
        devices[index].counter += 1
        let device = devices[index]
        // Clocks are off by up to three seconds.
        let time = clock + index % 7 * 1_000 - 3_000
        let draft = draft(for: index)
        let kind = String(draft.type.prefix { $0 != "." })
        let subject = draft.subject ?? "\(kind)/\(device.id)-\(device.counter)"
        if draft.subject == nil {
            subjects[kind, default: []].append(Subject(name: subject, position: size, device: index))
        }
        let salt = kind == "note" && draft.data.contains("text") ? salt() : nil
        return Event(
            line: line(
                device.counter,
                "device/\(device.id)",
                draft.type,
                subject,
                time: time,
                basis: device.basis,
                draft.data,
                salt
            ),
            source: EventSource(unchecked: "device/\(device.id)"),
            counter: Counter(device.counter),
            subject: subject,
            isCreating: draft.subject == nil
        )
    }

    private func line(
        _ counter: Int,
        _ source: String,
        _ type: String,
        _ subject: String,
        time: Int,
        basis: Int,
        _ data: String,
        _ salt: String?
    ) -> [UInt8] {
        let time = Timestamp(millisecondsSince1970: time)
        let salt = salt.map { #","salt":"\#($0)""# } ?? ""
        return Array(
            #"""
            {"specversion":"1.0","id":"\#(counter)","source":"\#(source)","type":"\#(type)","subject":"\#(subject)",\#
            "time":"\#(time)","basis":\#(basis),"data":\#(data)\#(salt)}
            """#.utf8
        )
    }

    /// 128 bits in base64url; the last character has four bits.
    private mutating func salt() -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let start = (0..<21).map { _ in digits[Int.random(in: 0..<64, using: &random)] }
        return String(start) + String(digits[Int.random(in: 0..<4, using: &random) * 16])
    }
}
