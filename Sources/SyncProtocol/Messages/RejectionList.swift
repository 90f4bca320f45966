/// The answer to `GET /v1/agendas/<name>/rejections`: what was refused, in order of arrival.
public struct RejectionList: Codable, Hashable, Sendable {
    /// The refused events after the cursor.
    public var rejections: [Item]
    /// The value for the next `after`; nil when this was all.
    public var next: Int?

    /// One refused event.
    public struct Item: Codable, Hashable, Sendable {
        /// Its place in the order of arrival.
        public var cursor: Int
        /// The device that pushed it.
        public var source: String
        /// The event's `id`; missing when the line was too broken to say.
        public var id: String?
        /// When it was refused, RFC 3339 UTC.
        public var recordedtime: String
        /// Why it was refused, and what to do next.
        public var problem: ProblemDetails
        /// The line as it arrived; missing when it is not valid UTF-8.
        public var event: String?
        /// The line as it arrived in base64, when it is not valid UTF-8.
        public var bytes: String?
        /// How many bytes the line had, when `event` or `bytes` is only its beginning.
        public var length: Int?
        /// SHA-256 of the whole line in hexadecimal digits, when `event` or `bytes` is only its beginning.
        public var sha256: String?
    }
}
