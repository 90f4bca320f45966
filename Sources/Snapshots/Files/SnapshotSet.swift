package import Projections

/// Whom the files of a snapshot are for.
package enum SnapshotSet: String, CaseIterable, Sendable {
    /// Everything, for those who take part.
    case members
    /// No people, nothing that somebody wrote in their own words, and nothing to hold guesses against.
    case everybody

    /// Whether the set has a file: the log holds names and notes in places of its own.
    package func has(_ file: SnapshotFile) -> Bool { self == .members || file != .log }

    /// What becomes of personal fields in documents.
    package var personal: PersonalFields.Treatment { self == .members ? .included : .leftOut }
}
