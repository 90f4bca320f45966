/// The protocol's version and the names of its headers and media types.
public enum ProtocolConstants {
    /// The one version that this software speaks.
    public static let version = 1
    /// All versions that this software speaks, in increasing order.
    ///
    /// The lowest never rises once it was released.
    public static let versions = [1]

    /// What the paths of the interface begin with, below a server's address.
    public static let base = "/v1"
    /// The version of `Protocol/openapi.yaml`, as answers have it.
    ///
    /// Source: API Design Rules of the Dutch government, rule /core/version-header.
    public static let contractVersion = "1.0.0"
    /// Answer header: the version of the contract.
    public static let contractHeader = "API-Version"

    /// Request header: the version that the client speaks.
    ///
    /// Absent counts as version 1.
    public static let versionHeader = "Ambit-Protocol"
    /// Answer header of a pull: the value for the next `after`.
    public static let nextHeader = "Ambit-Next"
    /// Answer header of a pull: the log's size.
    ///
    /// In a push: the size that the device has verified.
    public static let sizeHeader = "Ambit-Size"
    /// Answer header of everything about an agenda whose log does not hold all that has been shown of it: `behind`, `forked`
    /// or `unproven`.
    public static let standingHeader = "Ambit-Standing"

    /// One event or entry per line (newline-delimited JSON).
    public static let ndjson = "application/x-ndjson"
    /// Segment members: each block of entries as a gzip member of its own.
    public static let members = "application/gzip"
    /// Server-sent events: entries as they come.
    public static let eventStream = "text/event-stream"
    /// C2SP tiles and entry bundles.
    public static let tile = "application/octet-stream"
    /// RFC 9457 problem details.
    public static let problem = "application/problem+json"
    /// Rows, for spreadsheets and statistics (RFC 4180).
    public static let csv = "text/csv"
    /// All other answers and requests in JSON.
    public static let json = "application/json"
    /// A checkpoint: a C2SP signed note.
    public static let note = "text/plain; charset=utf-8"
}
