internal import Projections
internal import Snapshots
internal import SyncProtocol

/// What a page of a state is to hold.
struct StateQuery: Sendable {
    var kind: String?
    var after: String?
    var limit: Int
    var personal: PersonalFields.Treatment
    /// The form of the rows; nil for JSON.
    var csv: DocumentCSV?
    /// How the page may be compressed.
    var coding: ContentCoding

    /// Whether the page has the digest of the whole state.
    ///
    /// Only the first one, because it may have to be computed. It is made of everything: those who may not see everything
    /// could try their guesses on it.
    var hasDigest: Bool { after == nil && personal == .included && csv == nil }
}
