internal import AgendaModel
internal import EventLog

/// What an event is known by: who recorded it, and as which.
struct Identity: Hashable, CustomStringConvertible {
    var source: EventSource
    var counter: Int
    var description: String { "\(source) \(counter)" }
}

/// An event as a user recorded it.
struct Recording {
    /// Stands in the event's text, so that it is known wherever it turns up.
    var mark: Int
    /// Whose laptop.
    var laptop: Int
    var line: String
    /// How much of the log its laptop had folded.
    var folded: Int
    /// Whether the user discarded it after it was refused.
    var isDiscarded = false
}

/// A conflict that a user settled.
struct Settlement {
    var mark: Int
    var subject: String
    var path: String
    /// The heads that the user saw and replaced.
    var replaced: [Identity]
}

/// What the users did and what they were told, in plain values: everything that the log and the laptops are held against.
struct Model {
    /// By mark.
    private(set) var recordings: [Int: Recording] = [:]
    /// The order in which each laptop's user recorded, by laptop.
    private(set) var order: [Int: [Int]] = [:]
    private(set) var settlements: [Settlement] = []
    /// Where servers said that events stand, ever.
    private(set) var told: [Identity: Int] = [:]
    /// What servers said that they refused.
    private(set) var refused: Set<Identity> = []
    /// Roots by size, of every checkpoint that was ever shown.
    private(set) var checkpoints: [Int: Hash] = [:]
    /// The entries that any laptop has ever verified.
    private(set) var verified: [LogEntry] = []
    /// What was broken while it happened.
    private(set) var breaches: [Breach] = []
    /// The size of the greatest checkpoint that was shown and has not been given up.
    private(set) var greatestShown = 0
    /// How many entries the log had kept each time that those who run the servers gave up others.
    private(set) var losses: [Int] = []
    /// Which device each invite has let in.
    private var enrolled: [String: String] = [:]
    private var marks = 0
    private var invites = 0

    mutating func nextMark() -> Int {
        marks += 1
        return marks
    }

    mutating func record(_ recording: Recording) {
        recordings[recording.mark] = recording
        order[recording.laptop, default: []].append(recording.mark)
    }

    mutating func change(_ mark: Int, _ body: (inout Recording) -> Void) {
        guard var recording = recordings[mark] else { return }
        body(&recording)
        recordings[mark] = recording
    }

    mutating func settle(_ settlement: Settlement) { settlements.append(settlement) }

    mutating func breach(_ invariant: Invariant, _ what: String) {
        breaches.append(Breach(invariant: invariant, what: what))
    }

    /// A server says where an event stands.
    mutating func acknowledge(_ identity: Identity, at position: Int) {
        if let before = told[identity], before != position {
            breach(.positions, "\(identity) was at \(before), and is said to be at \(position)")
        }
        told[identity] = position
    }

    mutating func refuse(_ identity: Identity) { refused.insert(identity) }

    /// A server shows a checkpoint.
    mutating func show(size: Int, root: Hash) {
        if let before = checkpoints[size], before != root {
            breach(.checkpoints, "two roots were signed for \(size) entries")
        }
        checkpoints[size] = root
        greatestShown = max(greatestShown, size)
    }

    mutating func nextInvite() -> Int {
        invites += 1
        return invites
    }

    /// A server says that it has let a device in with an invite.
    mutating func enrol(_ device: String, with invite: String) {
        if let before = enrolled[invite], before != device {
            breach(.enrolment, "one invite has let in \(before), and then \(device)")
        }
        enrolled[invite] = device
    }

    /// A store has gone back, and may have lost which invites were used.
    mutating func forgetEnrolments() { enrolled = [:] }

    /// What is not among the first entries is given up: nobody may have it.
    mutating func giveUp(after size: Int) {
        if verified.count > size {
            breach(.acknowledged, "all but \(size) entries were given up, and a laptop has \(verified.count)")
        }
        told = told.filter { $0.value < size }
        checkpoints = checkpoints.filter { $0.key <= size }
        greatestShown = min(greatestShown, size)
        losses.append(size)
    }

    /// A laptop has verified an entry.
    mutating func verify(_ bytes: [UInt8], at position: Int, by laptop: Int) {
        guard position < verified.count else {
            verified.append(LogEntry(bytes))
            return
        }
        let (before, now) = (verified[position], LogEntry(bytes))
        if before.leaf == now.leaf {
            // Who verifies it before its redaction still has all of it.
            if before.isErased, !now.isErased { verified[position] = now }
        } else {
            breach(.bytes, "laptop \(laptop) verified entry \(position) with other bytes than were verified before")
        }
    }
}
