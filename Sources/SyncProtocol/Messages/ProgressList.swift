/// The answer to `GET /v1/agendas/<name>/progress`: how far the targets have come.
public struct ProgressList: Codable, Hashable, Sendable {
    /// The number of entries that the figures stand for.
    public var size: Int
    /// One item per ambition and target.
    public var progress: [Item]

    /// How far one target of an ambition has come.
    public struct Item: Codable, Hashable, Sendable {
        /// Whose target it is, `ambition/<id>`.
        public var ambition: String
        /// What is measured, `indicator/<id>`.
        public var indicator: String
        /// The unit of `target` and `value`.
        public var unit: String?
        /// The quantity to reach.
        public var target: Double
        /// When to reach it, as a date.
        public var due: String?
        /// What has been reached.
        public var value: Double
        /// How many measurements that rests on.
        public var measurements: Int
    }
}
