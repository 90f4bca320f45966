/// How a replica learns of what others have recorded.
public enum WatchChannel: String, Hashable, Sendable {
    /// A live stream of server-sent events.
    case events
    /// Pulls that the server holds until there is something: where a proxy holds streams back.
    case wait
}
