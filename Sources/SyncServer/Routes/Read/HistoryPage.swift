/// How long the pages are that say what happened.
enum HistoryPage {
    /// The most events, or subjects, in a page.
    static let maximumCount = 1000
    /// How many are meant when `limit` is missing.
    static let usualCount = 100
    /// A page ends after the item with which it becomes longer than this, in bytes.
    static let maximumLength = 4 << 20
}
