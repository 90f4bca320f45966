import AgendaModel
import EventLog

/// Holds the signatures of devices against a log's entries: a signature that does not hold is a difference.
struct AuthorsCheck {
    private(set) var authorship: AuthorshipCheck

    init(origin: String) {
        authorship = AuthorshipCheck(origin: origin)
    }

    mutating func take(_ entry: CheckedEntry) throws {
        let finding = authorship.look(
            at: entry.bytes,
            entry.attributes,
            leaf: entry.leaf,
            position: entry.position
        )
        guard let finding else { return }
        throw LogDifference(
            .entry(entry.position),
            "the signature of \(finding.device) does not hold (\(finding.fault.rawValue)): \(finding.fault.explanation)"
        )
    }
}
