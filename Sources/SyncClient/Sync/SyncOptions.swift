/// How patient a sync is.
public struct SyncOptions: Hashable, Sendable {
    /// How often a request may fail in a row, for reasons that may pass, before the sync stops.
    ///
    /// At least 1.
    public var attempts = 6
    /// The first wait; it doubles with each failure in a row.
    public var firstDelay: Duration = .milliseconds(500)
    /// The longest wait, also when the server asks for a longer one.
    public var greatestDelay: Duration = .seconds(60)
    /// How long to wait for another sync of the same replica to end.
    public var lockPatience: Duration = .seconds(10)

    /// The usual patience: about half a minute.
    public init() {}

    /// Fails at the first difficulty.
    public static let impatient: SyncOptions = {
        var options = SyncOptions()
        options.attempts = 1
        return options
    }()
}
