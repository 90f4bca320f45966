extension Duration {
    /// So many times as long.
    static func * (duration: Duration, factor: Double) -> Duration {
        .seconds(Double(duration.components.seconds) * factor)
            + .nanoseconds(Int64(Double(duration.components.attoseconds) / 1e9 * factor))
    }
}
