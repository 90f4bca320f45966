/// What a replica is of, and who it is to the server.
///
/// Fixed when the laptop is enrolled; enrolled anew, it is another device, and may belong to another member. The address
/// can be changed.
public struct ReplicaSettings: Codable, Hashable, Sendable {
    /// The agenda's address: `https://host[:port][/prefix]/agendas/<name>`.
    public var url: String
    /// The agenda's name: the last part of the address.
    public var agenda: String
    /// The name of the log, as in its checkpoints.
    public var origin: String
    /// The log's C2SP verifier key, pinned when the replica was made.
    public var verifierKey: String
    /// This laptop, as a subject: `device/<id>`.
    public var device: String
    /// The member that it belongs to, as a subject: `member/<id>`.
    public var member: String
    /// The member's role when the laptop was enrolled.
    public var role: String

    /// Makes settings from their parts.
    public init(
        url: String,
        agenda: String,
        origin: String,
        verifierKey: String,
        device: String,
        member: String,
        role: String
    ) {
        self.url = url
        self.agenda = agenda
        self.origin = origin
        self.verifierKey = verifierKey
        self.device = device
        self.member = member
        self.role = role
    }
}

/// How a replica stands.
public struct ReplicaStatus: Hashable, Sendable {
    /// What it is of, and who it is.
    public var settings: ReplicaSettings
    /// The member's role as far as this replica knows: as in the log, or as enrolled.
    public var role: String
    /// The entries that have been verified.
    public var size: Int
    /// The greatest size that a signed checkpoint has told of.
    public var knownServerSize: Int
    /// Whether everything that the server had at the last sync is here, and nothing waits to be sent.
    public var isCaughtUp: Bool { size >= knownServerSize && pending == 0 }
    /// Events that have been recorded here and are not in the log yet; signatures on what is in it are not counted.
    public var pending: Int
    /// Events that the server refused, and that have not been discarded.
    public var refused: Int
    /// Signatures of devices that syncs have received and that do not hold, by position.
    public var badSignatures: [BadSignature]
    /// Whether the key that the device enrolled with is missing here, damaged or another one: everything is sent, and nothing
    /// can be signed.
    public var lacksKey: Bool
    /// Registers with several values, as shown: what is pending laid over.
    public var conflicts: Int
    /// When the last sync came to its end by this laptop's clock, RFC 3339 UTC; nil before the first.
    public var lastSync: String?
    /// Whether the next sync goes on as another device, because this one is used by another copy of the folder, or
    /// because the laptop was enrolled anew.
    public var changesDevice: Bool
}

/// An event that was recorded.
public struct RecordedEvent: Hashable, Sendable {
    /// The device's counter.
    public var id: Int
    /// What it is about; a creating event's own.
    public var subject: String
    /// The event's line, as it will be sent.
    public var line: String
}

/// An event in the outbox: recorded, not yet in the log.
public struct PendingEvent: Hashable, Sendable {
    /// The device's counter.
    public var id: Int
    /// The event's line.
    public var line: String
}

/// A subject with its document.
public struct SubjectDocument: Hashable, Sendable {
    /// Kind and id: `<kind>/<id>`.
    public var subject: String
    /// JSON in JCS form (RFC 8785).
    public var document: String
    /// RFC 6901 pointers of the values that were erased, where that was asked for: the document leaves them out.
    public var erased: [String]

    /// Makes one.
    public init(subject: String, document: String, erased: [String] = []) {
        self.erased = erased
        self.subject = subject
        self.document = document
    }
}

/// What an import recorded.
public struct ImportSummary: Hashable, Sendable {
    /// How many events.
    public var events: Int
    /// The subjects that local names, and the subjects of events that were recorded anew, came to stand for, in order of
    /// their lines.
    public var names: [(name: String, subject: String)]
    /// Lines that are events and were not recorded.
    public var passed = Passed()

    /// How many events an import passed over, and why.
    public struct Passed: Hashable, Sendable {
        /// The log has them already, or an earlier line.
        public var known = 0
        /// They are of devices that were not asked for.
        public var otherDevices = 0
        /// The server recorded them, or a device of itself: nobody else can.
        public var unrepeatable = 0
        /// Entries whose data was erased.
        public var erased = 0
    }

    /// Whether both recorded the same.
    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.events == rhs.events && lhs.passed == rhs.passed && lhs.names.elementsEqual(rhs.names, by: ==)
    }

    /// Feeds all parts.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(events)
        hasher.combine(passed)
        for (name, subject) in names {
            hasher.combine(name)
            hasher.combine(subject)
        }
    }
}
