internal import AgendaModel
internal import SyncProtocol

/// From where on somebody wants what changed: from a size, or where a page of what changed up to another one ended.
struct ChangesCursor: Hashable {
    /// What changed before is known.
    var since: LogSize
    /// What the pages before were of; nil on the first one.
    var size: LogSize?
    /// How many lines the pages before had.
    var count = 0

    /// nil for what is no such thing.
    ///
    /// - Parameter text: a number of entries, or as `description` gives it.
    init?(_ text: String) {
        let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map { DecimalNumber.parse($0) }
        switch numbers.count {
        case 1:
            guard let since = numbers[0] else { return nil }
            self.since = LogSize(since)
        case 3:
            guard let since = numbers[0], let left = numbers[1], let count = numbers[2],
                left <= DecimalNumber.maximum - since
            else { return nil }
            self.since = LogSize(since)
            // What is left is written, so that no text says that the end comes before the beginning.
            self.size = LogSize(since + left)
            self.count = count
        default: return nil
        }
    }

    init(since: LogSize, size: LogSize, count: Int) {
        self.since = since
        self.size = size
        self.count = count
    }
}

extension ChangesCursor: CustomStringConvertible {
    var description: String { "\(since)" + (size.map { "-\($0 - since)-\(count)" } ?? "") }
}
