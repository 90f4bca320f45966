/// How long an answer may be kept, and by whom.
enum CachePolicy: String {
    /// Ask again each time; with an ETag the answer is short.
    case revalidate = "no-cache"
    /// Never kept: the answer holds a secret or is of the moment.
    case never = "no-store"
    /// The same for everybody who asks without a token.
    case shared = "public, max-age=10"
    /// Never changes, and is the same for everybody.
    case sharedImmutable = "public, immutable, max-age=604800"
    /// Never changes.
    case immutable = "private, immutable, max-age=31536000"
}
