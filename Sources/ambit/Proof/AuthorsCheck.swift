import AgendaModel
import EventLog

/// Holds the signatures of devices against a log's entries: a signature that does not hold is a difference.
struct AuthorsCheck {
    private(set) var authorship: AuthorshipCheck
    /// Devices whose enrolment was erased, and with it perhaps their key.
    private var erased: Set<String> = []
    /// Signatures by keys that were erased: nobody can say any more whether they hold.
    private(set) var unverifiable = 0

    init(origin: String) {
        authorship = AuthorshipCheck(origin: origin)
    }

    mutating func take(_ entry: CheckedEntry) throws {
        if entry.attributes.tombstone != nil, entry.text(entry.attributes.type) == "device.enrolled" {
            erased.insert(entry.text(entry.attributes.subject))
        }
        let finding = authorship.look(
            at: entry.bytes,
            entry.attributes,
            leaf: entry.leaf,
            position: Position(entry.position)
        )
        guard let finding else { return }
        if finding.fault == .noKey, erased.contains(finding.device) {
            unverifiable += 1
            return
        }
        throw LogDifference(
            .entry(entry.position),
            "the signature of \(finding.device) does not hold (\(finding.fault.rawValue)): \(finding.fault.explanation)"
        )
    }
}
